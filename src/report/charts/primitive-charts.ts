import type { PrimitiveFacts } from '../../model/primitive.ts';
import type { Range } from '../../stats/descriptive.ts';
import { formatBytes, formatNs } from '../format.ts';
import type { PrimitiveRow, PrimitiveSection } from '../model.ts';
import type { Axis, Chart, Dot, DotChart, Line, LineChart } from './chart.ts';

/** One picture a primitive, on a logarithmic axis: a dot for each case, or a line for each case over its sizes. */
export function primitiveCharts({ facts, rows }: PrimitiveSection): Chart[] {
  const quantity = facts.kind === 'memory' ? memoryQuantity : timeQuantity;
  const known = rows.filter((row) => (quantity.of(row)?.median ?? 0) > 0);
  if (known.length === 0) return [];
  const sizes = new Set(known.map(({ size }) => size));
  return [sizes.size > 1 ? lineChart(facts, known, quantity) : dotChart(facts, known, quantity)];
}

interface ChartQuantity {
  readonly name: string;
  readonly unit: string;
  of(row: PrimitiveRow): Range | null;
  text(value: number): string;
  /** Values that deserve a line on the axis. */
  readonly base: 10 | 1024;
}

const timeQuantity: ChartQuantity = {
  name: 'Time of an operation',
  unit: 'ns',
  of: ({ wallNs }) => wallNs,
  text: formatNs,
  base: 10,
};

/** Per unit where there is a baseline, else of the whole program. */
const memoryQuantity: ChartQuantity = {
  name: 'Private memory',
  unit: 'bytes',
  of: ({ size, privateBytes, bytesPerUnit }) => (size === null ? privateBytes : bytesPerUnit),
  text: formatBytes,
  base: 1024,
};

function dotChart(facts: PrimitiveFacts, rows: readonly PrimitiveRow[], quantity: ChartQuantity): DotChart {
  const dots = rows.map((row) => dotOf(row, quantity)).sort((a, b) => a.value - b.value);
  const isTime = quantity === timeQuantity;
  return {
    kind: 'dots',
    id: `primitive-${facts.id}`,
    title: isTime ? 'Time of an operation' : memoryTitle(facts),
    howToRead: `${isTime ? 'Filled: wall time. Ring: CPU time. ' : ''}Thin lines: minimum to maximum process.`,
    altText: `${facts.title}: ${dots.map(({ label, text }) => `${label} ${text}`).join('; ')}.`,
    unit: 'log scale',
    x: logAxis('', dotValues(dots), quantity),
    dots,
  };
}

function memoryTitle({ sizeLabel }: PrimitiveFacts): string {
  return sizeLabel === null ? 'Private memory' : `Private memory of one of the ${sizeLabel}`;
}

function dotOf(row: PrimitiveRow, quantity: ChartQuantity): Dot {
  const range = quantity.of(row) as Range;
  const cpu = quantity === timeQuantity ? (row.cpuNs?.median ?? null) : null;
  return {
    ...primitiveSeries(row),
    value: range.median,
    text: quantity.text(range.median),
    whisker: positiveWhisker(range),
    // Nothing has no place on a logarithmic axis.
    ring: cpu === null || cpu <= 0 ? null : { value: cpu, text: `CPU ${quantity.text(cpu)}` },
  };
}

function dotValues(dots: readonly Dot[]): number[] {
  return dots.flatMap(({ value, whisker, ring }) => [
    value,
    ...(whisker ?? []),
    ...(ring === null ? [] : [ring.value]),
  ]);
}

function lineChart(facts: PrimitiveFacts, rows: readonly PrimitiveRow[], quantity: ChartQuantity): LineChart {
  const lines = linesOf(rows, quantity);
  const values = lines.flatMap(({ points }) => points.flatMap(({ y, whisker }) => [y ?? 1, ...(whisker ?? [])]));
  return {
    kind: 'lines',
    id: `primitive-${facts.id}`,
    title: quantity === timeQuantity ? 'Time of an operation' : memoryTitle(facts),
    howToRead: `${quantity === timeQuantity ? 'A rising line: the more participants, the more expensive one operation.' : 'A line that falls to a level: a fixed cost is shared by more units. It ends at the limit.'}`,
    altText: `${facts.title}: ${lines.map((line) => primitiveAltText(line, quantity)).join('; ')}.`,
    unit: 'log scale',
    x: sizeAxis(facts, rows),
    y: logAxis('', values, quantity),
    lines,
    markPoints: true,
  };
}

function linesOf(rows: readonly PrimitiveRow[], quantity: ChartQuantity): Line[] {
  const byLabel = Map.groupBy(rows, ({ label }) => label);
  return [...byLabel.values()].map((own) => ({
    ...primitiveSeries(own[0] as PrimitiveRow),
    points: own.map((row) => {
      const range = quantity.of(row) as Range;
      return { x: row.size ?? 0, y: range.median, whisker: positiveWhisker(range) };
    }),
  }));
}

function primitiveAltText({ label, points }: Line, quantity: ChartQuantity): string {
  return `${label} ${points.map(({ x, y }) => `${quantity.text(y ?? 0)} at ${x}`).join(', ')}`;
}

function primitiveSeries({ label, style }: PrimitiveRow) {
  return { label, style, recordedOn: null };
}

/** Only what fits a logarithmic axis. */
function positiveWhisker({ min, max, values }: Range): readonly [number, number] | null {
  return values.length > 1 && min > 0 ? [min, max] : null;
}

function sizeAxis({ sizeLabel }: PrimitiveFacts, rows: readonly PrimitiveRow[]): Axis {
  const sizes = [...new Set(rows.map(({ size }) => size ?? 0))].sort((a, b) => a - b);
  const ticks = sizes.map((value) => ({ value, label: value.toLocaleString('en-US') }));
  return { title: sizeLabel ?? '', scale: 'logarithmic', ticks, min: sizes[0] ?? 1, max: sizes.at(-1) ?? null };
}

const maxTicks = 6;

/** From the step at or below the minimum to the one at or above the maximum. */
function logAxis(title: string, values: readonly number[], { base, text }: ChartQuantity): Axis {
  const steps = base === 10 ? decades() : byteSteps();
  const first = steps.findLastIndex((step) => step <= Math.min(...values));
  const last = steps.findIndex((step) => step >= Math.max(...values));
  const shown = steps.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
  const every = Math.ceil(shown.length / maxTicks);
  const ticks = shown
    .filter((_, index) => index % every === 0)
    .map((value) => ({ value, label: text(value).replace(/\.0+ /, ' ') }));
  return { title, scale: 'logarithmic', ticks, min: shown[0] ?? null, max: shown.at(-1) ?? null };
}

/** 0.1 ns to 100 s. */
function decades(): number[] {
  return Array.from({ length: 13 }, (_, power) => 10 ** (power - 1));
}

/** 1 B, 16 B, 256 B, 4 KiB … 16 GiB: the steps of a sixteenfold have round names. */
function byteSteps(): number[] {
  return Array.from({ length: 10 }, (_, power) => 16 ** power);
}

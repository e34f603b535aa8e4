import type { RunResult } from '../../src/model/run-result.ts';
import type { OkTrial } from '../../src/model/trial.ts';
import { median } from '../../src/stats/descriptive.ts';
import { box, line, svg, type Theme, text } from './svg.ts';

/** One implementation: the median of its trials, and from the lowest to the highest of them. */
interface Bar {
  readonly implementation: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly label: (value: number) => string;
}

const workload = 'history';
const size = { width: 820, top: 74, rowHeight: 30, barHeight: 16, names: 170, panelGap: 40, labelWidth: 96 };

/** The picture of the README: what the same requests cost each implementation. Every figure is read from `result`. */
export function barsPicture(result: RunResult, theme: Theme): string {
  const trials = result.trials.filter((trial): trial is OkTrial => trial.status === 'ok' && isDrawn(trial));
  const cpu = bars(trials, ({ measurement }) => measurement.cpu.target?.perRequestMs ?? null);
  const memory = bars(trials, ({ measurement }) => mebibytes(measurement.memory.medianBytes));
  const order = [...cpu].sort((a, b) => a.median - b.median).map(({ implementation }) => implementation);
  const panels: readonly Panel[] = [
    { title: 'CPU per request, ms', bars: cpu, label: (value) => value.toFixed(2) },
    { title: 'Private memory under load, MiB', bars: memory, label: (value) => value.toPrecision(3) },
  ];
  const height = size.top + order.length * size.rowHeight + 44;
  const names = order.map((name, row) =>
    text(size.names - 10, rowMiddle(row) + 5, name, { fill: theme.ink, anchor: 'end' }),
  );
  return svg(size.width, height, 'CPU per request and private memory of each implementation at the same rate', [
    text(0, 18, `The same ${ratesText(trials)} requests per second, the same answers, different effort`, {
      fill: theme.ink,
      size: 17,
      isBold: true,
    }),
    ...names,
    ...panels.flatMap((panel, index) => panelParts(panel, panelLeft(index), order, theme)),
    text(0, height - 8, caption(result), { fill: theme.muted, size: 12 }),
  ]);
}

function ratesText(trials: readonly OkTrial[]): string {
  return [...new Set(trials.map(({ spec }) => spec.loadPlan.ratePerSec))].join(' and ');
}

function isDrawn({ spec }: OkTrial): boolean {
  return spec.service === 'crud' && spec.workload === workload;
}

function bars(trials: readonly OkTrial[], figure: (trial: OkTrial) => number | null): Bar[] {
  return [...Map.groupBy(trials, ({ spec }) => spec.implementation)].flatMap(([implementation, own]) => {
    const values = own.map(figure).filter((value) => value !== null);
    const middle = median(values);
    return middle === null
      ? []
      : [{ implementation, median: middle, min: Math.min(...values), max: Math.max(...values) }];
  });
}

function mebibytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / 2 ** 20;
}

const panelWidth = (size.width - size.names - size.panelGap) / 2;

function panelLeft(index: number): number {
  return size.names + index * (panelWidth + size.panelGap);
}

function rowMiddle(row: number): number {
  return size.top + row * size.rowHeight;
}

function panelParts(panel: Panel, left: number, order: readonly string[], theme: Theme): string[] {
  const scale = (panelWidth - size.labelWidth) / Math.max(...panel.bars.map(({ max }) => max));
  const foot = rowMiddle(order.length - 1) + size.rowHeight / 2;
  return [
    text(left, 48, panel.title, { fill: theme.muted }),
    line(`M${left} ${size.top - size.rowHeight / 2}V${foot}`, theme.line),
    ...order.flatMap((name, row) => {
      const bar = panel.bars.find(({ implementation }) => implementation === name);
      return bar === undefined ? [] : barParts(bar, { left, middle: rowMiddle(row), scale }, panel.label, theme);
    }),
  ];
}

interface Place {
  readonly left: number;
  readonly middle: number;
  readonly scale: number;
}

function barParts(bar: Bar, { left, middle, scale }: Place, label: Panel['label'], theme: Theme): string[] {
  const [from, to] = [left + bar.min * scale, left + bar.max * scale];
  const width = bar.median * scale;
  return [
    box(left, middle - size.barHeight / 2, width, size.barHeight, colorOf(bar.implementation, theme)),
    line(`M${one(from)} ${middle}H${one(to)}M${one(from)} ${middle - 4}v8M${one(to)} ${middle - 4}v8`, theme.ink),
    text(Math.max(to, left + width) + 8, middle + 5, label(bar.median), { fill: theme.ink }),
  ];
}

function one(value: number): string {
  return value.toFixed(1);
}

function colorOf(implementation: string, { accent, second, third }: Theme): string {
  if (implementation.startsWith('crud-go')) return accent;
  return implementation.startsWith('crud-node') ? second : third;
}

function caption({ trials, machine, startedAt }: RunResult): string {
  const repetitions = Math.max(
    ...trials.filter(({ spec }) => spec.workload === workload).map(({ spec }) => spec.repetition),
  );
  return `Bar: median of ${repetitions} trials; line: minimum to maximum. Workload ${workload}. ${machine.cpuModel}, ${machine.coreCount} shared cores, ${startedAt.slice(0, 10)}.`;
}

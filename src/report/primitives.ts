import type { PrimitiveFacts, PrimitiveResult } from '../model/primitive-result.ts';
import type { RunResult } from '../model/run-result.ts';
import { median } from '../stats/quantile.ts';
import { type Range, rangeOf } from '../stats/range.ts';
import type { Chart } from './chart.ts';
import { primitiveCharts } from './primitive-charts.ts';
import { figureOf, type PrimitiveFigure } from './primitive-figure.ts';
import type { SeriesStyle, Who } from './who.ts';

/** One primitive with everybody's rows. */
export interface PrimitiveSection {
  readonly facts: PrimitiveFacts;
  /** By size, then by what it costs. */
  readonly rows: readonly PrimitiveRow[];
  readonly charts: readonly Chart[];
}

/** One case: a variant of an implementation at a size. Every range is over fresh processes. */
export interface PrimitiveRow {
  readonly label: string;
  readonly implementation: string;
  readonly language: string;
  readonly variant: string;
  readonly description: string;
  readonly style: SeriesStyle;
  readonly size: number | null;
  readonly wallNs: Range | null;
  readonly cpuNs: Range | null;
  readonly privateBytes: Range | null;
  /** What one unit adds to the program that has none of them; null for the baseline, where there is none, and where it is too little to be seen. */
  readonly bytesPerUnit: Range | null;
  readonly osThreadCount: number | null;
  readonly emptyLoopNs: number | null;
  readonly belowLoop: boolean;
  readonly okCount: number;
  /** It ran out of memory, of time, or of what else the system gives: more than this cannot be had here. */
  readonly limitMet: boolean;
  /** Why there is no figure, or why some processes gave none; null: all did. */
  readonly trouble: string | null;
}

/** Of a run's primitives, in the order of their declarations. */
export function primitiveSections(
  { primitives, primitiveFacts }: RunResult,
  who: ReadonlyMap<string, Who>,
): PrimitiveSection[] {
  return primitiveFacts.flatMap((facts) => {
    const own = primitives.filter(({ spec }) => spec.primitive === facts.id);
    if (own.length === 0) return [];
    const rows = rowsOf(own, facts, who);
    return [{ facts, rows, charts: primitiveCharts(facts, rows) }];
  });
}

function rowsOf(
  results: readonly PrimitiveResult[],
  facts: PrimitiveFacts,
  who: ReadonlyMap<string, Who>,
): PrimitiveRow[] {
  const cases = Map.groupBy(results, ({ spec }) => [spec.implementation, spec.variant, spec.size].join('\n'));
  const rows = [...cases.values()].map((same) => rowOf(same, results, facts, who));
  return rows.sort((a, b) => (a.size ?? 0) - (b.size ?? 0) || costOf(a) - costOf(b));
}

function costOf(row: PrimitiveRow): number {
  return (row.wallNs ?? row.privateBytes)?.median ?? Number.POSITIVE_INFINITY;
}

function rowOf(
  same: readonly PrimitiveResult[],
  all: readonly PrimitiveResult[],
  facts: PrimitiveFacts,
  who: ReadonlyMap<string, Who>,
): PrimitiveRow {
  const { spec } = same[0] as PrimitiveResult;
  const figures = okFigures(same);
  const language = who.get(spec.implementation)?.language ?? '';
  const siblings = facts.variants.filter((one) => one.language === language.toLowerCase());
  const index = siblings.findIndex(({ id }) => id === spec.variant);
  return {
    label: `${shortName(spec.implementation)} ${spec.variant}`,
    implementation: spec.implementation,
    language,
    variant: spec.variant,
    description: siblings[index]?.description ?? '',
    style: { family: who.get(spec.implementation)?.style.family ?? 'other', variant: Math.max(0, index) % 4 },
    size: spec.size,
    wallNs: rangeOf(figures.map(({ wallNs }) => wallNs)),
    cpuNs: rangeOf(figures.map(({ cpuNs }) => cpuNs)),
    privateBytes: rangeOf(figures.map(({ privateBytes }) => privateBytes)),
    bytesPerUnit: perUnit(figures, spec.size, baselineBytes(all, spec)),
    osThreadCount: greatest(figures.map(({ osThreadCount }) => osThreadCount)),
    emptyLoopNs: median(figures.flatMap(({ emptyLoopNs }) => emptyLoopNs ?? [])),
    belowLoop: figures.some(({ belowLoop }) => belowLoop),
    okCount: figures.length,
    limitMet: same.some((result) => result.status === 'failed' && limitCodes.has(result.code)),
    trouble: troubleOf(same),
  };
}

/** "node" of "primitives-node": all of them are of one service. */
function shortName(implementation: string): string {
  return implementation.replace(/^primitives-/, '');
}

function okFigures(results: readonly PrimitiveResult[]): PrimitiveFigure[] {
  return results.flatMap((result) => (result.status === 'ok' ? [figureOf(result.measurement)] : []));
}

/** The same program with none of what is counted; null where no process of it was measured. */
function baselineBytes(all: readonly PrimitiveResult[], { implementation, variant }: PrimitiveResult['spec']) {
  const none = all.filter(
    ({ spec }) => spec.implementation === implementation && spec.variant === variant && spec.size === 0,
  );
  return median(okFigures(none).flatMap(({ privateBytes }) => privateBytes ?? []));
}

function perUnit(figures: readonly PrimitiveFigure[], size: number | null, baseline: number | null): Range | null {
  if (size === null || size === 0 || baseline === null) return null;
  const added = rangeOf(figures.map(({ privateBytes }) => (privateBytes === null ? null : privateBytes - baseline)));
  if (added === null || added.median < leastSeenBytes) return null;
  return rangeOf(added.values.map((bytes) => bytes / size));
}

/** Two starts of one program differ by some dozen pages: less than this cannot be told from nothing. */
const leastSeenBytes = 256 * 1024;

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function lastWords(logTail: string): string {
  const last = logTail.trim().split('\n').at(-1) ?? '';
  return last === '' ? '' : ` (${last.slice(0, 120)})`;
}

const limitCodes: ReadonlySet<string> = new Set(['out-of-memory', 'timed-out', 'died']);

function troubleOf(same: readonly PrimitiveResult[]): string | null {
  const reasons = same.flatMap((result) => {
    if (result.status === 'failed') return [`${result.code}: ${result.message}${lastWords(result.logTail)}`];
    // What was not tried says nothing that the failure before it does not say.
    return result.status === 'unsupported' ? [result.reason] : [];
  });
  return reasons.length === 0 ? null : [...new Set(reasons)].join('; ');
}

/** A variant's greatest size that worked, and why the next did not; null where every size did, or there is but one. */
export function greatestSize(rows: readonly PrimitiveRow[], label: string): { size: number; why: string } | null {
  const own = rows.filter((row) => row.label === label);
  const failed = own.find(({ limitMet }) => limitMet);
  if (failed === undefined) return null;
  const worked = own.filter(({ okCount }) => okCount > 0).map(({ size }) => size ?? 0);
  return { size: Math.max(0, ...worked), why: failed.trouble ?? '' };
}

import type { PrimitiveFacts, PrimitiveMeasurement, PrimitiveResult, PrimitiveSample } from '../../model/primitive.ts';
import type { RunResult } from '../../model/run-result.ts';
import { median, type Range, rangeOf } from '../../stats/descriptive.ts';
import type { SeriesStyle } from '../charts/palette.ts';
import { marks, shadeCount } from '../charts/palette.ts';
import type { PrimitiveRow, PrimitiveSection, ReportedImplementation } from '../model.ts';

/** Of a run's primitives, in the order of their declarations. */
export function primitiveSections(
  { primitives, primitiveFacts }: RunResult,
  implementations: ReadonlyMap<string, ReportedImplementation>,
): PrimitiveSection[] {
  return primitiveFacts.flatMap((facts) => {
    const own = primitives.filter(({ spec }) => spec.primitive === facts.id);
    if (own.length === 0) return [];
    return [{ facts, rows: primitiveRows(own, facts, implementations) }];
  });
}

function primitiveRows(
  results: readonly PrimitiveResult[],
  facts: PrimitiveFacts,
  implementations: ReadonlyMap<string, ReportedImplementation>,
): PrimitiveRow[] {
  const cases = Map.groupBy(results, ({ spec }) => [spec.implementation, spec.caseId, spec.size].join('\n'));
  const rows = [...cases.values()].map((same) => primitiveRow(same, results, facts, implementations));
  return rows.sort((a, b) => (a.size ?? 0) - (b.size ?? 0) || primitiveCost(a) - primitiveCost(b));
}

function primitiveCost(row: PrimitiveRow): number {
  return (row.wallNs ?? row.privateBytes)?.median ?? Number.POSITIVE_INFINITY;
}

function primitiveRow(
  same: readonly PrimitiveResult[],
  all: readonly PrimitiveResult[],
  facts: PrimitiveFacts,
  implementations: ReadonlyMap<string, ReportedImplementation>,
): PrimitiveRow {
  const { spec } = same[0] as PrimitiveResult;
  const figures = okFigures(same);
  const language = implementations.get(spec.implementation)?.language ?? '';
  const siblings = facts.cases.filter((one) => one.language === language.toLowerCase());
  const index = siblings.findIndex(({ id }) => id === spec.caseId);
  return {
    label: `${shortName(spec.implementation)} ${spec.caseId}`,
    implementation: spec.implementation,
    language,
    caseId: spec.caseId,
    description: siblings[index]?.description ?? '',
    style: caseStyle(implementations.get(spec.implementation)?.style.family ?? 'other', Math.max(0, index)),
    size: spec.size,
    wallNs: rangeOf(figures.map(({ wallNs }) => wallNs)),
    cpuNs: rangeOf(figures.map(({ cpuNs }) => cpuNs)),
    privateBytes: rangeOf(figures.map(({ privateBytes }) => privateBytes)),
    bytesPerUnit: bytesPerUnitOf(figures, spec.size, baselineBytes(all, spec)),
    osThreadCount: maxKnown(figures.map(({ osThreadCount }) => osThreadCount)),
    emptyLoopNs: median(figures.flatMap(({ emptyLoopNs }) => emptyLoopNs ?? [])),
    isBelowLoop: figures.some(({ isBelowLoop }) => isBelowLoop),
    okCount: figures.length,
    isLimitReached: same.some((result) => result.status === 'failed' && limitCodes.has(result.code)),
    failureText: failureTextOf(same),
  };
}

/** Cases of a language differ by marker, and beyond five also by shade. */
function caseStyle(family: SeriesStyle['family'], index: number): SeriesStyle {
  const names = Object.keys(marks) as SeriesStyle['mark'][];
  const mark = names[index % names.length] ?? 'circle';
  return { family, mark, shade: Math.floor(index / names.length) % shadeCount };
}

/** "node" of "primitives-node": all of them are of one service. */
function shortName(implementation: string): string {
  return implementation.replace(/^primitives-/, '');
}

function okFigures(results: readonly PrimitiveResult[]): PrimitiveFigure[] {
  return results.flatMap((result) => (result.status === 'ok' ? [primitiveFigure(result.measurement)] : []));
}

/** The same program with none of what is counted; null where no process of it was measured. */
function baselineBytes(all: readonly PrimitiveResult[], { implementation, caseId }: PrimitiveResult['spec']) {
  const none = all.filter(
    ({ spec }) => spec.implementation === implementation && spec.caseId === caseId && spec.size === 0,
  );
  return median(okFigures(none).flatMap(({ privateBytes }) => privateBytes ?? []));
}

function bytesPerUnitOf(
  figures: readonly PrimitiveFigure[],
  size: number | null,
  baseline: number | null,
): Range | null {
  if (size === null || size === 0 || baseline === null) return null;
  const added = rangeOf(figures.map(({ privateBytes }) => (privateBytes === null ? null : privateBytes - baseline)));
  if (added === null || added.median < minDetectableBytes) return null;
  return rangeOf(added.values.map((bytes) => bytes / size));
}

/** Two starts of one program differ by some dozen pages: less than this is not measurable. */
const minDetectableBytes = 256 * 1024;

function maxKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function lastLogLine(logTail: string): string {
  const last = logTail.trim().split('\n').at(-1) ?? '';
  return last === '' ? '' : ` (${last.slice(0, 120)})`;
}

const limitCodes: ReadonlySet<string> = new Set(['out-of-memory', 'timed-out', 'died']);

function failureTextOf(same: readonly PrimitiveResult[]): string | null {
  const reasons = same.flatMap((result) => {
    if (result.status === 'failed') return [`${result.code}: ${result.message}${lastLogLine(result.logTail)}`];
    // What was not tried says nothing that the failure before it does not say.
    return result.status === 'unsupported' ? [result.reason] : [];
  });
  return reasons.length === 0 ? null : [...new Set(reasons)].join('; ');
}

/** The largest size of a case that worked, and why the next did not; null where every size did, or there is but one. */
export function maxSize(rows: readonly PrimitiveRow[], label: string): { size: number; why: string } | null {
  const own = rows.filter((row) => row.label === label);
  const failed = own.find(({ isLimitReached }) => isLimitReached);
  if (failed === undefined) return null;
  const worked = own.filter(({ okCount }) => okCount > 0).map(({ size }) => size ?? 0);
  return { size: Math.max(0, ...worked), why: failed.failureText ?? '' };
}

/** What one fresh process says of an operation. */
export interface PrimitiveFigure {
  readonly wallNs: number | null;
  readonly cpuNs: number | null;
  readonly privateBytes: number | null;
  readonly osThreadCount: number | null;
  readonly emptyLoopNs: number | null;
  /** Not clearly more expensive than the loop around it: the figure is a bound, not a measurement. */
  readonly isBelowLoop: boolean;
}

/** Time of an operation is the median of its samples; CPU their sum, as its clock is coarse. */
export function primitiveFigure(measurement: PrimitiveMeasurement): PrimitiveFigure {
  const { osThreadCount } = measurement;
  if (measurement.kind === 'memory') {
    const { privateBytes } = measurement;
    return { wallNs: null, cpuNs: null, privateBytes, osThreadCount, emptyLoopNs: null, isBelowLoop: false };
  }
  const { samples, emptyLoop } = measurement;
  const wallNs = median(samples.map(perOperation));
  const emptyLoopNs = median(emptyLoop.map(perOperation));
  const belowLoop = wallNs !== null && wallNs < (emptyLoopNs ?? 0) * minLoopRatio;
  return {
    wallNs,
    cpuNs: cpuPerOperation(samples),
    privateBytes: null,
    osThreadCount,
    emptyLoopNs,
    isBelowLoop: belowLoop,
  };
}

/** At least half of what is measured should be the operation. */
const minLoopRatio = 2;

function perOperation({ wallNs, operationCount }: PrimitiveSample): number {
  return wallNs / operationCount;
}

function cpuPerOperation(samples: readonly PrimitiveSample[]): number | null {
  if (samples.some(({ cpuNs }) => cpuNs === null)) return null;
  const operations = samples.reduce((sum, { operationCount }) => sum + operationCount, 0);
  return samples.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0) / operations;
}

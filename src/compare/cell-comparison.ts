import { type CellKey, cellId, trialsIn } from '../model/cell-key.ts';
import type { ComparedSide, Comparison, Verdict } from '../model/comparison.ts';
import type { CompareOptions } from '../model/gate-policy.ts';
import { type Metric, metrics } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import { countedTrials, type Trial } from '../model/trial.ts';
import type { Warning } from '../model/warning.ts';
import { median } from '../stats/descriptive.ts';
import { minSignedRankP } from '../stats/rank-tests.ts';
import { changeOf, type MetricSample, metricSample, withoutZeros } from './change.ts';
import { cellDifferences, differenceText, type Incomparability } from './comparability.ts';
import { contradictionVerdict, controlVariateCorrection } from './control-variate.ts';
import { errorChange, errorComparedSide, errorCountOf, errorVerdict, trialCounts } from './errors.ts';
import { presenceOf } from './presence.ts';
import { countOf } from './text.ts';

interface CellComparisonInput {
  readonly base: RunResult;
  readonly head: RunResult;
  readonly cell: CellKey;
  /** Ids of the cells whose metrics gate. */
  readonly primary: ReadonlySet<string>;
  /** Why nothing of the two runs is comparable. */
  readonly incomparability: Incomparability;
  readonly options: CompareOptions;
}

/** A comparison before p is adjusted over the family: where only `change` can decide, the verdict is null. */
export interface RawComparison extends Omit<Comparison, 'verdict'> {
  readonly verdict: Verdict | null;
}

/** Every metric of one cell, errors first. */
export function cellComparisons(question: CellComparisonInput): RawComparison[] {
  const [base, head] = [trialsIn(question.base, question.cell), trialsIn(question.head, question.cell)];
  const obstacle = blockingVerdict(question, base, head);
  const ordered = [...metrics.filter(isGated(question)), ...metrics.filter((metric) => !isGated(question)(metric))];
  return [
    errorComparison(question, base, head, obstacle),
    ...ordered.map((metric) => metricComparison(question, metric, base, head, obstacle)).filter(isMeasuredAnywhere),
  ];
}

function isGated({ options, primary, cell }: CellComparisonInput): (metric: Metric) => boolean {
  return ({ id }) => primary.has(cellId(cell)) && options.policy.metrics[id] !== undefined;
}

/** A metric that neither side measured says nothing. */
function isMeasuredAnywhere({ base, head }: RawComparison): boolean {
  return (base?.values.length ?? 0) > 0 || (head?.values.length ?? 0) > 0;
}

/** What stands in the way of every metric of the cell. */
function blockingVerdict(
  question: CellComparisonInput,
  base: readonly Trial[],
  head: readonly Trial[],
): Verdict | null {
  const presence = presenceOf(question);
  if (presence !== null) return presence;
  if (question.incomparability !== null) return { kind: 'not-comparable', ...question.incomparability };
  const [first] = cellDifferences(base, head);
  return first === undefined ? null : { kind: 'not-comparable', field: first.field, reason: differenceText(first) };
}

function sharedFields({ cell, options }: CellComparisonInput, metricId: string) {
  const id = `${cellId(cell)}/${metricId}`;
  return {
    id,
    cell,
    metricId,
    noiseFloorRatio: options.noiseFloors.get(id) ?? null,
    confirmation: 'not-tried' as const,
    waiver: null,
    warnings: [],
  };
}

function errorComparison(
  question: CellComparisonInput,
  baseTrials: readonly Trial[],
  headTrials: readonly Trial[],
  obstacle: Verdict | null,
): RawComparison {
  const [base, head] = [errorCountOf(baseTrials), errorCountOf(headTrials)];
  const isJudged = obstacle === null;
  return {
    ...sharedFields(question, 'errors'),
    label: 'errors',
    unit: 'count',
    better: 'lower',
    role: 'gated',
    correction: null,
    base: baseTrials.length === 0 ? null : errorComparedSide(base),
    head: headTrials.length === 0 ? null : errorComparedSide(head),
    change: isJudged ? errorChange(base, head) : null,
    minEffectRatio: 0,
    verdict: obstacle ?? errorVerdict(base, head, question.options.policy.errors),
  };
}

function metricComparison(
  question: CellComparisonInput,
  metric: Metric,
  base: readonly Trial[],
  head: readonly Trial[],
  obstacle: Verdict | null,
): RawComparison {
  const { policy, minEffectRatio } = question.options;
  const measured = metricSample(metric, base, head);
  const sample = sampleWithoutZeros(measured, policy.alpha);
  const gated = isGated(question)(metric);
  const { label, unit, better } = metric;
  const facts = {
    ...sharedFields(question, metric.id),
    label,
    unit,
    better,
    role: gated ? ('gated' as const) : ('informative' as const),
    base: sideOf(base, measured.base),
    head: sideOf(head, measured.head),
    warnings: zeroWarning(measured, sample),
    minEffectRatio: minEffectRatio ?? policy.metrics[metric.id]?.minEffectRatio ?? policy.informativeMinEffectRatio,
  };
  const verdict = obstacle ?? ratioImpossible(metric, base, head, sample);
  if (verdict !== null) return { ...facts, change: null, correction: null, verdict };
  const options = { better, levelRatio: policy.intervalLevelRatio, noiseFloorRatio: facts.noiseFloorRatio ?? 0 };
  const raw = changeOf(sample, options);
  const changesStatements = sendsOtherStatements(question);
  const correction =
    raw === null ? null : controlVariateCorrection({ metric, base, head, raw, changesStatements, policy, options });
  return {
    ...facts,
    change: correction === null ? raw : correction[correction.used],
    correction,
    verdict: correction === null ? null : contradictionVerdict(correction),
  };
}

/** By what was seen of them while the contract's vectors ran; false where a side was not seen. */
function sendsOtherStatements({ base, head, cell }: CellComparisonInput): boolean {
  const [before, after] = [statementsHashIn(base, cell), statementsHashIn(head, cell)];
  return before !== null && after !== null && before !== after;
}

function statementsHashIn({ implementations }: RunResult, { implementation }: CellKey): string | null {
  const preparation = implementations.find(({ manifest }) => manifest.id === implementation);
  if (preparation?.status !== 'ready' || preparation.conformance.status !== 'passed') return null;
  return preparation.conformance.statementsHash;
}

function sideOf(trials: readonly Trial[], values: readonly number[]): ComparedSide | null {
  return trials.length === 0 ? null : { values, value: median(values), trials: trialCounts(trials) };
}

/** Without the pairs that have a value of 0, where most pairs remain and can decide. */
function sampleWithoutZeros(sample: MetricSample, alpha: number): MetricSample {
  const fit = withoutZeros(sample);
  const [left, all] = [fit.pairs?.length ?? 0, sample.pairs?.length ?? 0];
  return left > all / 2 && minSignedRankP(left) <= alpha ? fit : sample;
}

function zeroWarning({ pairs: measured }: MetricSample, { pairs: used }: MetricSample): Warning[] {
  if (measured === null || used === null || measured.length === used.length) return [];
  const message = `${measured.length - used.length} of ${countOf(measured.length, 'pair')} left out: a value of 0 has no ratio`;
  return [{ code: 'zero-value', message, advice: null }];
}

/** Why these values have no ratio. */
function ratioImpossible(
  metric: Metric,
  base: readonly Trial[],
  head: readonly Trial[],
  sample: MetricSample,
): Verdict | null {
  const none = sample.base.length === 0 ? 'base' : sample.head.length === 0 ? 'head' : null;
  if (none !== null) return notComparable(noValueText(metric, none, none === 'base' ? base : head));
  const [ofBase, ofHead] = [zeroCount(sample.base), zeroCount(sample.head)];
  if (ofBase + ofHead === 0) return null;
  const [isBaseNothing, isHeadNothing] = [ofBase === sample.base.length, ofHead === sample.head.length];
  if (isBaseNothing && isHeadNothing) return { kind: 'same', reason: 'nothing but 0 on both sides' };
  if (ofBase === 0 && isHeadNothing) return notComparable('it fell to 0, and a value of 0 has no ratio');
  if (ofHead === 0 && isBaseNothing) return notComparable('it rose from 0, and a value of 0 has no ratio');
  return notComparable(`a value of 0 has no ratio: ${ofBase} in base, ${ofHead} in head`);
}

function zeroCount(values: readonly number[]): number {
  return values.filter((value) => !(value > 0)).length;
}

function notComparable(reason: string): Verdict {
  return { kind: 'not-comparable', field: null, reason };
}

function noValueText(metric: Metric, side: string, ofSide: readonly Trial[]): string {
  const { okCount, overloadedCount, failedCount, invalidCount } = trialCounts(ofSide);
  const trials = countOf(okCount + overloadedCount + failedCount + invalidCount, 'trial');
  const parts = [
    [okCount, okWithoutValueText(metric, ofSide)],
    [overloadedCount, 'overloaded'],
    [failedCount, 'failed'],
    [invalidCount, 'invalid'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${count} ${word}`);
  return `${side} has no value of it that counts: ${trials}, ${parts.join(', ')}`;
}

/** Why trials that are ok have no value. */
function okWithoutValueText({ isLatency }: Metric, ofSide: readonly Trial[]): string {
  const isDiscarded = isLatency && countedTrials(ofSide).every(({ latencyDiscarded }) => latencyDiscarded);
  return isDiscarded ? 'ok but with latencies discarded (the generator was delayed)' : 'ok but without it';
}

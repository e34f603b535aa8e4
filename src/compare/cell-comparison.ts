import type { CompareCell, ComparedSide, Comparison, Verdict } from '../model/comparison.ts';
import { countedTrials } from '../model/counted-trials.ts';
import { type Metric, metrics } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial } from '../model/trial.ts';
import type { Warning } from '../model/warning.ts';
import { median } from '../stats/quantile.ts';
import { leastSignedRankP } from '../stats/signed-rank.ts';
import { cellId, trialsIn } from './cell.ts';
import { changeOf } from './change.ts';
import { contradiction, correctionOf } from './control.ts';
import { errorCountOf, errorSide, trialCounts } from './error-count.ts';
import { errorChange, errorVerdict } from './error-verdict.ts';
import type { CompareOptions } from './options.ts';
import { presenceOf } from './presence.ts';
import { type Sample, sampleOf, withoutZeros } from './sample.ts';
import { cellDifferences, differenceText, type Refusal } from './setting.ts';
import { countOf } from './words.ts';

export interface CellQuestion {
  readonly base: RunResult;
  readonly head: RunResult;
  readonly cell: CompareCell;
  /** Ids of the cells whose metrics gate. */
  readonly primary: ReadonlySet<string>;
  /** Why nothing of the two runs is comparable. */
  readonly refusal: Refusal;
  readonly options: CompareOptions;
}

/** A comparison before p is adjusted over the family: where `change` is all there is to judge by, the verdict is null. */
export interface RawComparison extends Omit<Comparison, 'verdict'> {
  readonly verdict: Verdict | null;
}

/** Every metric of one cell, errors first. */
export function cellComparisons(question: CellQuestion): RawComparison[] {
  const [base, head] = [trialsIn(question.base, question.cell), trialsIn(question.head, question.cell)];
  const obstacle = obstacleOf(question, base, head);
  const ordered = [...metrics.filter(isGated(question)), ...metrics.filter((metric) => !isGated(question)(metric))];
  return [
    errorComparison(question, base, head, obstacle),
    ...ordered.map((metric) => metricComparison(question, metric, base, head, obstacle)).filter(isKnown),
  ];
}

function isGated({ options, primary, cell }: CellQuestion): (metric: Metric) => boolean {
  return ({ id }) => primary.has(cellId(cell)) && options.policy.metrics[id] !== undefined;
}

/** A metric that neither side measured says nothing. */
function isKnown({ base, head }: RawComparison): boolean {
  return (base?.values.length ?? 0) > 0 || (head?.values.length ?? 0) > 0;
}

/** What stands in the way of every metric of the cell. */
function obstacleOf(question: CellQuestion, base: readonly Trial[], head: readonly Trial[]): Verdict | null {
  const presence = presenceOf(question);
  if (presence !== null) return presence;
  if (question.refusal !== null) return { kind: 'not-comparable', ...question.refusal };
  const [first] = cellDifferences(base, head);
  return first === undefined ? null : { kind: 'not-comparable', field: first.field, reason: differenceText(first) };
}

function common({ cell, options }: CellQuestion, metricId: string) {
  const id = `${cellId(cell)}/${metricId}`;
  return {
    id,
    cell,
    metricId,
    floorRatio: options.floors.get(id) ?? null,
    confirmation: 'not-tried' as const,
    waiver: null,
    warnings: [],
  };
}

function errorComparison(
  question: CellQuestion,
  baseTrials: readonly Trial[],
  headTrials: readonly Trial[],
  obstacle: Verdict | null,
): RawComparison {
  const [base, head] = [errorCountOf(baseTrials), errorCountOf(headTrials)];
  const isJudged = obstacle === null;
  return {
    ...common(question, 'errors'),
    label: 'errors',
    unit: 'count',
    better: 'lower',
    role: 'gated',
    correction: null,
    base: baseTrials.length === 0 ? null : errorSide(base),
    head: headTrials.length === 0 ? null : errorSide(head),
    change: isJudged ? errorChange(base, head) : null,
    smallestEffectRatio: 0,
    verdict: obstacle ?? errorVerdict(base, head, question.options.policy.errors),
  };
}

function metricComparison(
  question: CellQuestion,
  metric: Metric,
  base: readonly Trial[],
  head: readonly Trial[],
  obstacle: Verdict | null,
): RawComparison {
  const { policy, minEffectRatio } = question.options;
  const measured = sampleOf(metric, base, head);
  const sample = judgedSample(measured, policy.alpha);
  const gated = isGated(question)(metric);
  const { label, unit, better } = metric;
  const facts = {
    ...common(question, metric.id),
    label,
    unit,
    better,
    role: gated ? ('gated' as const) : ('informative' as const),
    base: sideOf(base, measured.base),
    head: sideOf(head, measured.head),
    warnings: zeroWarning(measured, sample),
    smallestEffectRatio:
      minEffectRatio ?? policy.metrics[metric.id]?.smallestEffectRatio ?? policy.informativeEffectRatio,
  };
  const verdict = obstacle ?? unfitness(metric, base, head, sample);
  if (verdict !== null) return { ...facts, change: null, correction: null, verdict };
  const options = { better, levelRatio: policy.intervalLevelRatio, floorRatio: facts.floorRatio ?? 0 };
  const raw = changeOf(sample, options);
  const changesStatements = statementsDiffer(question);
  const correction =
    raw === null ? null : correctionOf({ metric, base, head, raw, changesStatements, policy, options });
  return {
    ...facts,
    change: correction === null ? raw : correction[correction.used],
    correction,
    verdict: correction === null ? null : contradiction(correction),
  };
}

/** By what was seen of them while the contract's vectors ran; false where a side was not seen. */
function statementsDiffer({ base, head, cell }: CellQuestion): boolean {
  const [before, after] = [statementsHashIn(base, cell), statementsHashIn(head, cell)];
  return before !== null && after !== null && before !== after;
}

function statementsHashIn({ implementations }: RunResult, { implementation }: CompareCell): string | null {
  const preparation = implementations.find(({ manifest }) => manifest.id === implementation);
  if (preparation?.status !== 'ready' || preparation.conformance.status !== 'passed') return null;
  return preparation.conformance.statementsHash;
}

function sideOf(trials: readonly Trial[], values: readonly number[]): ComparedSide | null {
  return trials.length === 0 ? null : { values, value: median(values), trials: trialCounts(trials) };
}

/** Without the pairs that have a value of 0, where most pairs remain and can decide. */
function judgedSample(sample: Sample, alpha: number): Sample {
  const fit = withoutZeros(sample);
  const [left, all] = [fit.pairs?.length ?? 0, sample.pairs?.length ?? 0];
  return left > all / 2 && leastSignedRankP(left) <= alpha ? fit : sample;
}

function zeroWarning({ pairs: measured }: Sample, { pairs: judged }: Sample): Warning[] {
  if (measured === null || judged === null || measured.length === judged.length) return [];
  const message = `${measured.length - judged.length} of ${countOf(measured.length, 'pair')} left out: a value of 0 has no ratio`;
  return [{ code: 'zero-value', message, advice: null }];
}

/** Why these values have no ratio. */
function unfitness(metric: Metric, base: readonly Trial[], head: readonly Trial[], sample: Sample): Verdict | null {
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
    [okCount, okText(metric, ofSide)],
    [overloadedCount, 'overloaded'],
    [failedCount, 'failed'],
    [invalidCount, 'invalid'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${count} ${word}`);
  return `${side} has no value of it that counts: ${trials}, ${parts.join(', ')}`;
}

/** Why trials that are ok have no value. */
function okText({ latency }: Metric, ofSide: readonly Trial[]): string {
  const isVoid = latency && countedTrials(ofSide).every(({ latencyVoid }) => latencyVoid);
  return isVoid ? 'ok but with void latencies (the generator woke late)' : 'ok but without it';
}

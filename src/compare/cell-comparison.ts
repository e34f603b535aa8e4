import type { CompareCell, ComparedSide, Comparison, Verdict } from '../model/comparison.ts';
import { type Metric, metrics } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial } from '../model/trial.ts';
import { median } from '../stats/quantile.ts';
import { cellId, trialsIn } from './cell.ts';
import { changeOf } from './change.ts';
import { contradiction, correctionOf } from './control.ts';
import { errorCountOf, errorSide, trialCounts } from './error-count.ts';
import { errorChange, errorVerdict } from './error-verdict.ts';
import type { CompareOptions } from './options.ts';
import { presenceOf } from './presence.ts';
import { sampleOf } from './sample.ts';
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
  const sample = sampleOf(metric, base, head);
  const gated = isGated(question)(metric);
  const { label, unit, better } = metric;
  const facts = {
    ...common(question, metric.id),
    label,
    unit,
    better,
    role: gated ? ('gated' as const) : ('informative' as const),
    base: sideOf(base, sample.base),
    head: sideOf(head, sample.head),
    smallestEffectRatio:
      minEffectRatio ?? policy.metrics[metric.id]?.smallestEffectRatio ?? policy.informativeEffectRatio,
  };
  const verdict = obstacle ?? unfitness(facts.base, facts.head);
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

/** Why these values have no ratio. */
function unfitness(base: ComparedSide | null, head: ComparedSide | null): Verdict | null {
  const none = base?.values.length === 0 ? 'base' : head?.values.length === 0 ? 'head' : null;
  if (none !== null)
    return { kind: 'not-comparable', field: null, reason: noValueText(none, none === 'base' ? base : head) };
  const zeros = [base, head].map((side) => side?.values.filter((value) => !(value > 0)).length ?? 0);
  const [ofBase = 0, ofHead = 0] = zeros;
  if (ofBase + ofHead === 0) return null;
  if (ofBase === base?.values.length && ofHead === head?.values.length) {
    return { kind: 'same', reason: 'nothing but 0 on both sides' };
  }
  const reason = `a value of 0 has no ratio: ${ofBase} in base, ${ofHead} in head`;
  return { kind: 'not-comparable', field: null, reason };
}

function noValueText(side: string, compared: ComparedSide | null): string {
  const { okCount = 0, overloadedCount = 0, failedCount = 0, invalidCount = 0 } = compared?.trials ?? {};
  const trials = countOf(okCount + overloadedCount + failedCount + invalidCount, 'trial');
  const parts = [
    [okCount, 'ok'],
    [overloadedCount, 'overloaded'],
    [failedCount, 'failed'],
    [invalidCount, 'invalid'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${count} ${word}`);
  return `${side} has no value of it that counts: ${trials}, ${parts.join(', ')}`;
}

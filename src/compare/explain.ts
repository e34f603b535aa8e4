import { trialsIn } from '../model/cell-key.ts';
import type { Comparison, Correction } from '../model/comparison.ts';
import { findMetric } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import { countedTrials, finalAttempts, type Trial } from '../model/trial.ts';
import { pairedTrials, type TrialPair } from './change.ts';

/** What stands behind one verdict: the trials, their values and their noise. */
export interface Explanation {
  readonly comparison: Comparison;
  readonly trials: readonly ExplainedTrial[];
  readonly pairs: readonly ExplainedPair[];
}

export interface ExplainedTrial {
  readonly side: 'base' | 'head';
  readonly pairNumber: number | null;
  readonly repetition: number;
  readonly attempt: number;
  readonly position: number;
  readonly status: Trial['status'];
  /** As measured, whether it counts or not; null: not measured. */
  readonly value: number | null;
  readonly isCounted: boolean;
  /** Why it is not ok, or why its value does not count. */
  readonly note: string;
  readonly slowdownFactor: number | null;
  readonly stealRatio: number | null;
  readonly psiCpuSomeMs: number | null;
  readonly targetRunDelayRatio: number | null;
}

export interface ExplainedPair {
  readonly number: number;
  readonly base: number;
  readonly head: number;
  /** head ÷ base − 1 */
  readonly ratio: number;
  /** The same with the control's change taken out; null: the verdict does not rest on it. */
  readonly correctedRatio: number | null;
}

/** Every trial of the comparison's cell, in the order they were made, and the pairs that the verdict rests on. */
export function explain(base: RunResult, head: RunResult, comparison: Comparison): Explanation {
  const [ofBase, ofHead] = [trialsIn(base, comparison.cell), trialsIn(head, comparison.cell)];
  const read = valueReader(comparison);
  const counted = countedTrialSet(comparison, ofBase, ofHead);
  const trials = [
    ...ofBase.map((trial) => explainTrial('base', trial, read(trial), counted.has(trial))),
    ...ofHead.map((trial) => explainTrial('head', trial, read(trial), counted.has(trial))),
  ];
  return { comparison, trials: trials.sort(byOrder), pairs: pairsOf(comparison, ofBase, ofHead, read) };
}

type ValueReader = (trial: Trial) => number | null;

function valueReader({ metricId }: Comparison): ValueReader {
  const metric = findMetric(metricId);
  if (metric !== null) return ({ measurement }) => (measurement === null ? null : metric.read(measurement));
  return ({ measurement }) => {
    const counts = measurement?.load?.counts ?? null;
    if (counts === null) return null;
    const { scheduledCount, okCount } = counts;
    return scheduledCount - okCount;
  };
}

function countedTrialSet({ metricId }: Comparison, base: readonly Trial[], head: readonly Trial[]): Set<Trial> {
  if (metricId === 'errors') {
    return new Set([base, head].flatMap((side) => finalAttempts(side)).filter(({ status }) => status !== 'invalid'));
  }
  const pairs = pairedTrials(base, head);
  const trials = pairs?.flatMap((pair) => [pair.base, pair.head]) ?? [...countedTrials(base), ...countedTrials(head)];
  const isLatency = findMetric(metricId)?.isLatency ?? false;
  return new Set(trials.filter(({ latencyDiscarded }) => !(isLatency && latencyDiscarded)));
}

function explainTrial(side: 'base' | 'head', trial: Trial, value: number | null, counts: boolean): ExplainedTrial {
  const { spec, measurement } = trial;
  const noise = measurement?.noise ?? null;
  return {
    side,
    pairNumber: spec.pair?.number ?? null,
    repetition: spec.repetition,
    attempt: spec.attempt,
    position: spec.position,
    status: trial.status,
    value,
    isCounted: counts,
    note: noteFor(trial, counts),
    slowdownFactor: noise?.slowdownFactor ?? null,
    stealRatio: noise?.stealRatio ?? null,
    psiCpuSomeMs: noise?.psiCpuSomeMs ?? null,
    targetRunDelayRatio: noise?.targetRunDelayRatio ?? null,
  };
}

function noteFor(trial: Trial, counts: boolean): string {
  if (trial.status === 'failed') return `${trial.phase}: ${trial.message}`;
  if (trial.status !== 'ok') return trial.reasons.map(({ message }) => message).join('; ');
  if (counts) return '';
  return trial.latencyDiscarded
    ? 'latency discarded: the generator was delayed'
    : 'repeated, or its partner does not count';
}

function byOrder(a: ExplainedTrial, b: ExplainedTrial): number {
  return (a.pairNumber ?? 0) - (b.pairNumber ?? 0) || a.position - b.position || a.attempt - b.attempt;
}

function pairsOf(
  { change, correction }: Comparison,
  base: readonly Trial[],
  head: readonly Trial[],
  read: ValueReader,
): ExplainedPair[] {
  if (change?.method !== 'paired') return [];
  return (pairedTrials(base, head) ?? []).flatMap((pair) => {
    const [before, after] = [read(pair.base), read(pair.head)];
    if (before === null || after === null || before <= 0 || after <= 0) return [];
    const ratio = after / before - 1;
    const correctedRatio = correction?.used === 'corrected' ? correctedChange(ratio, pair, correction) : null;
    return [{ number: pair.head.spec.pair?.number ?? 0, base: before, head: after, ratio, correctedRatio }];
  });
}

function correctedChange(ratio: number, { base, head }: TrialPair, { controlMetricId }: Correction): number | null {
  const control = findMetric(controlMetricId);
  const [before, after] = [base, head].map(({ measurement }) => control?.read(measurement) ?? null);
  return before == null || after == null ? null : ((1 + ratio) * before) / after - 1;
}

import { type QuestionKey, questionId, questionOf, trialsOfQuestion } from '../model/cell-key.ts';
import { metricById } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import type { TrialSpec } from '../model/trial.ts';
import { allPairsCriticalValue } from '../stats/simultaneous.ts';
import { rankTrials } from './ranking.ts';

/** A question that a run is about to ask, and how often. */
export interface AskedPlan {
  readonly question: QuestionKey;
  readonly implementationCount: number;
  readonly roundCount: number;
}

export interface Forecast {
  /** How far the intervals of CPU per request are expected to reach above a ratio of 1. */
  readonly halfWidthRatio: number;
  /** Of a trial, beyond what its round explains. */
  readonly spreadRatio: number;
  readonly resultCount: number;
}

/** What so many rounds will be able to tell, by the spread that earlier results of the same question had; null without one. */
export function forecastOf(
  { question, implementationCount, roundCount }: AskedPlan,
  earlier: readonly RunResult[],
): Forecast | null {
  const degrees = (implementationCount - 1) * (roundCount - 1);
  if (implementationCount < 2 || degrees < 2) return null;
  const spreads = earlier.flatMap((result) => {
    const trials = trialsOfQuestion(result, question);
    return rankTrials(trials, metricById('cpu-per-request'), { against: null })?.errorDeviation ?? [];
  });
  if (spreads.length === 0) return null;
  const spread = Math.sqrt(spreads.reduce((sum, one) => sum + one ** 2, 0) / spreads.length);
  const half = allPairsCriticalValue(0.95, implementationCount, degrees) * spread * Math.sqrt(2 / roundCount);
  return { halfWidthRatio: Math.expm1(half), spreadRatio: Math.expm1(spread), resultCount: spreads.length };
}

/**
 * How far the widest interval of CPU per request reaches above its ratio, over all questions that several implementations are asked; null
 * where one of them cannot be ranked yet.
 */
export function widestHalfWidth(result: RunResult): number | null {
  const sent = result.trials.map(({ spec }) => spec).filter(({ loadPlan }) => loadPlan.ratePerSec > 0);
  const asked = [...Map.groupBy(sent, (spec) => questionId(questionOf(spec))).values()].filter(
    (specs) => new Set(specs.map(({ implementation }) => implementation)).size > 1,
  );
  const widths = asked.map(([first]) => halfWidthOf(result, questionOf(first as TrialSpec)));
  const known = widths.filter((width) => width !== null);
  return known.length === 0 || known.length < widths.length ? null : Math.max(...known);
}

function halfWidthOf(result: RunResult, question: QuestionKey): number | null {
  const trials = trialsOfQuestion(result, question);
  return rankTrials(trials, metricById('cpu-per-request'), result.ranking)?.halfWidthRatio ?? null;
}

import type { Change, Comparison } from '../../src/model/comparison.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { mean } from '../../src/stats/descriptive.ts';
import { isEquivalent } from '../../src/stats/interval.ts';
import { burnUsOf } from './burdens.ts';
import { comparedBlock, type Recording } from './recorded.ts';

/** What was found of a burden of known CPU. */
export interface BurdenEstimate {
  readonly pairCount: number;
  readonly burnUs: number;
  /** By the base's CPU per request: 0.05 is 5 %. */
  readonly burdenRatio: number;
  readonly foundRatio: number;
  /** Found less burden, and its 90 % interval; null: too few pairs for one. */
  readonly difference: { readonly ratio: number; readonly lowRatio: number; readonly highRatio: number } | null;
}

const levelRatio = 0.9;
/** How near to the burden the whole interval must come: two points. */
const tolerance = 0.02;

/** By the change that the gate uses, over all pairs; null where nobody was burdened by the same CPU throughout. */
export function burdenEstimate(recording: Recording): BurdenEstimate | null {
  const sizes = new Set(recording.runs.map(({ head }) => (head === null ? null : burdenOf(head))));
  const [burnUs = null, ...others] = sizes;
  const [pairs = []] = recording.series;
  if (burnUs === null || burnUs === 0 || others.length > 0) return null;
  const judged = ofCpu(comparedBlock(pairs, recording).comparisons);
  const narrower = ofCpu(comparedBlock(pairs, recording, levelRatio).comparisons);
  // Which of the two changes counts was decided at the policy's own level.
  const change = usedChange(narrower, judged?.correction?.used ?? 'raw');
  if (change === null || change.ratio === null || judged?.base == null) return null;
  const cost = Math.exp(mean(judged.base.values.map(Math.log)));
  const burdenRatio = burnUs / 1000 / cost;
  const { ratio, interval } = change;
  const difference =
    interval === null
      ? null
      : {
          ratio: ratio - burdenRatio,
          lowRatio: interval.lowRatio - burdenRatio,
          highRatio: interval.highRatio - burdenRatio,
        };
  return { pairCount: pairs.length, burnUs, burdenRatio, foundRatio: ratio, difference };
}

function burdenOf({ implementations }: RunResult): number | null {
  const [prepared] = implementations;
  return prepared === undefined ? null : burnUsOf(prepared.manifest.env);
}

function ofCpu(comparisons: readonly Comparison[]): Comparison | null {
  return comparisons.find(({ metricId }) => metricId === 'cpu-per-request') ?? null;
}

function usedChange(comparison: Comparison | null, used: 'raw' | 'corrected'): Change | null {
  return comparison?.correction?.[used] ?? comparison?.change ?? null;
}

/** "crud-go…: burdened by 15 µs, 5.0 %; found 5.3 %; found less burden +0.3 points [−0.4, +1.0] (90 %): within ± 2 points". */
export function burdenText(cell: string, { pairCount, burnUs, ...estimate }: BurdenEstimate): string {
  const { burdenRatio, foundRatio, difference } = estimate;
  const known = `${cell}, ${pairCount} pairs: burdened by ${burnUs} µs, ${percent(burdenRatio)}; found ${percent(foundRatio)}`;
  if (difference === null) return `${known}; too few pairs for an interval`;
  const { ratio, lowRatio, highRatio } = difference;
  const holds = isEquivalent({ low: lowRatio, high: highRatio }, tolerance);
  return `${known}; found less burden ${points(ratio)} points [${points(lowRatio)}, ${points(highRatio)}] (90 %): ${holds ? '' : 'not '}within ± ${100 * tolerance} points`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function points(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${Math.abs(100 * ratio).toFixed(1)}`;
}

import { durationText } from '../../src/compare/text.ts';
import { trialMs } from '../../src/run/plan.ts';
import type { TrialSetting } from './context.ts';
import type { SliceSetting } from './record-slices.ts';

export interface RecordPlan {
  readonly doneCount: number;
  readonly roundCount: number;
  readonly minutes: number;
  readonly roundMs: number;
}

/** Every implementation at every setting, once. */
export function trialRoundMs(
  settings: readonly TrialSetting[],
  { implementationCount, idleMs }: { readonly implementationCount: number; readonly idleMs: number },
): number {
  const each = settings.map(({ windowMs: measureMs, ...rates }) =>
    trialMs({
      ...{ idleMs, cluster: null },
      loadPlan: {
        ...{ arrivals: 'constant', steps: null, seed: 0, ...rates, measureMs },
        ...{ drainMs: 0, timeoutMs: 0, maxInFlightCount: 0, connectionCount: 0 },
      },
    }),
  );
  return implementationCount * each.reduce((sum, one) => sum + one, 0);
}

/** Of one start: copy, start, connect, stop. Two rounds of crud-go and crud-python-flask took 3.8 s each, beside other work. */
const startMs = 3_500;
const restCount = 3;

export function sliceRoundMs(setting: SliceSetting, implementationCount: number): number {
  const { warmupCount, warmupRatePerSec, sliceMs, sliceCount, aloneCount, gapMs, stretchMs, restMs } = setting;
  const warmupMs = (1000 * warmupCount) / warmupRatePerSec;
  const drivenMs = (sliceCount + aloneCount) * (sliceMs + gapMs) + stretchMs;
  return restCount * restMs + implementationCount * (startMs + warmupMs + drivenMs);
}

/** "0 of 40 rounds are there; a round takes about 1 min 12 s, all of them 48 min 0 s; within 25 minutes about 20, after building and checking". */
export function planText({ doneCount, roundCount, minutes, roundMs }: RecordPlan): string {
  const leftCount = Math.max(0, roundCount - doneCount);
  const nowCount = Math.min(leftCount, Math.max(1, Math.floor((minutes * 60_000) / roundMs)));
  const there = `${doneCount} of ${roundCount} rounds are there`;
  if (leftCount === 0) return there;
  return `${there}; a round takes about ${durationText(roundMs)}, those left ${durationText(leftCount * roundMs)}; within ${minutes} minutes about ${nowCount}, after building and checking`;
}

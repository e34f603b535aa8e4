import type { TrialSpec } from '../model/trial.ts';
import type { SideName } from './worktree.ts';

/** Two trials next to each other, one of each commit. */
export interface PlannedPair {
  readonly order: readonly [SideName, SideName];
  /** Without its slot, which is the trial's own. */
  readonly spec: TrialSpec;
}

/**
 * Each planned trial becomes a pair. Of two pairs in a row of one cell the second is made in the order opposite to the first's,
 * which is drawn (ABBA or BAAB): whatever grows with time falls on both commits alike.
 */
export function planPairs(
  specs: readonly TrialSpec[],
  sessionId: string,
  below: (bound: number) => number,
): PlannedPair[] {
  const last = new Map<string, PlannedPair['order']>();
  return specs.map((spec) => {
    const { implementation, workload, temperature, profile, cluster, repetition } = spec;
    const cell = JSON.stringify([implementation, workload, temperature, profile.ratePerSec, cluster]);
    const before = repetition % 2 === 0 ? last.get(cell) : undefined;
    const order = before === undefined ? drawn(below) : ([before[1], before[0]] as const);
    last.set(cell, order);
    return { order, spec: { ...spec, pair: { sessionId, number: repetition } } };
  });
}

function drawn(below: (bound: number) => number): PlannedPair['order'] {
  return below(2) === 0 ? ['base', 'head'] : ['head', 'base'];
}

import type { Trial, TrialSpec } from '../model/trial.ts';

/** A size holds with so many of ten starts; it does not with two that failed. */
export const leastHeldCount = 9;
const mostFailedCount = 2;

/**
 * Whether a trial of a climb (see plan.ts) can tell nothing new: its size or a smaller one has failed, its second chance is not
 * needed, or this size or a larger one holds. Trials that were the machine's fault count for neither side.
 */
export function isNeedless(spec: TrialSpec, done: readonly Trial[]): boolean {
  if (spec.cluster?.climbs !== true) return false;
  const { size } = spec.cluster;
  const climb = done.filter((trial) => isSameClimb(trial.spec, spec));
  const failed = (trial: Trial) => trial.status === 'failed' || trial.status === 'overloaded';
  const counts = new Map<number, { heldCount: number; failedCount: number }>();
  for (const trial of climb) {
    const at = trial.spec.cluster?.size ?? 0;
    const { heldCount, failedCount } = counts.get(at) ?? { heldCount: 0, failedCount: 0 };
    counts.set(at, {
      heldCount: heldCount + (trial.status === 'ok' ? 1 : 0),
      failedCount: failedCount + (failed(trial) ? 1 : 0),
    });
  }
  const sizes = [...counts];
  if (sizes.some(([at, { failedCount }]) => at <= size && failedCount >= mostFailedCount)) return true;
  if (spec.repetition === 2 && (counts.get(size)?.heldCount ?? 0) > 0) return true;
  return sizes.some(([at, { heldCount }]) => at >= size && heldCount >= leastHeldCount);
}

function isSameClimb(a: TrialSpec, b: TrialSpec): boolean {
  return a.implementation === b.implementation && a.workload === b.workload && a.service === b.service;
}

import type { LoadPlan } from '../../model/scenario.ts';
import { type RunningTarget, TrialFailure } from '../trial/observations.ts';
import { beginObservedLoad, type LoadOptions, startQuestionGenerator } from './observed-load.ts';
import type { ObservedLoad } from './second-figures.ts';
import type { Subject } from './subject.ts';
import { subjectTrial, withFreshTarget } from './subject-load.ts';

/** A fresh program on a fresh database, warmed up, and one load. Throws TrialFailure when the program ends under it. */
export async function observeRun(
  subject: Subject,
  unseeded: Omit<LoadPlan, 'seed'>,
  options: LoadOptions,
): Promise<ObservedLoad> {
  const spec = subjectTrial(subject, unseeded);
  const load = (target: RunningTarget) => loadRunning(subject, target, spec.loadPlan, options);
  return withFreshTarget(subject, spec, load, listening(options));
}

async function loadRunning(
  subject: Subject,
  target: RunningTarget,
  loadPlan: LoadPlan,
  options: LoadOptions,
): Promise<ObservedLoad> {
  const death = target.died.then((cause) => {
    throw new TrialFailure('target-died', cause);
  });
  death.catch(() => {});
  const generator = await startQuestionGenerator(subject, target.url, loadPlan, options);
  try {
    await generator.warmUp(loadPlan.warmupCount, loadPlan.warmupRatePerSec);
    return await Promise.race([beginObservedLoad(generator, target.probe, loadPlan.measureMs).ended, death]);
  } finally {
    await generator.stop();
  }
}

function listening({ onTargetLog }: LoadOptions): Pick<LoadOptions, 'onTargetLog'> {
  return onTargetLog === undefined ? {} : { onTargetLog };
}

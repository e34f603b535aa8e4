import type { Variables } from './variable.ts';
import type { Step } from './vector.ts';
import { startVectorRun, type VectorRun } from './vector-run.ts';

/** What vectors cannot say, because something must be done to the target beside talking to it. */
export interface LifecycleCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen, with the measured time where time is what is asked. */
  readonly detail: string;
}

export interface LifecycleOptions {
  readonly baseUrl: string;
  readonly variables: Variables;
  readonly signal: AbortSignal;
}

export function checked(name: string, passed: boolean, detail: string): LifecycleCheck {
  return { name, passed, detail };
}

/** A run with its setup done; a setup that fails is told as a check that failed. */
export async function prepareRun(
  options: LifecycleOptions,
  setup: readonly Step[],
): Promise<{ readonly run: VectorRun; readonly failure: LifecycleCheck | null }> {
  const run = startVectorRun(options);
  const problem = await performAll(run, setup);
  return { run, failure: problem === null ? null : checked('setup', false, problem) };
}

/** What went wrong in the first step that failed; null when all held. */
export async function performAll(run: VectorRun, steps: readonly Step[]): Promise<string | null> {
  for (const [index, step] of steps.entries()) {
    const problem = await perform(run, step);
    if (problem !== null) return `step ${index + 1}: ${problem}`;
  }
  return null;
}

export async function perform(run: VectorRun, step: Step): Promise<string | null> {
  try {
    const found = await run.perform(step);
    return found === null ? null : `${found.at}: expected ${found.expected}, got ${found.got}`;
  } catch (error) {
    run.signal.throwIfAborted();
    return (error as Error).message;
  }
}

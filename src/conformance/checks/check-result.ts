import type { Step, Variables } from '../vectors/vector.ts';
import { startVectorRun, type VectorRun } from '../vectors/vector-run.ts';

/** What vectors cannot say, because something must be done to the target beside talking to it. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen, with the measured time where time is what is asked. */
  readonly detail: string;
}

export interface CheckOptions {
  readonly baseUrl: string;
  readonly variables: Variables;
  readonly signal: AbortSignal;
}

export function checkResult(name: string, passed: boolean, detail: string): CheckResult {
  return { name, passed, detail };
}

/** A run with its setup done; a setup that fails is reported as a failed check. */
export async function runSetup(
  options: CheckOptions,
  setup: readonly Step[],
): Promise<{ readonly run: VectorRun; readonly failure: CheckResult | null }> {
  const run = startVectorRun(options);
  const problem = await performSteps(run, setup);
  return { run, failure: problem === null ? null : checkResult('setup', false, problem) };
}

/** What went wrong in the first step that failed; null when all held. */
export async function performSteps(run: VectorRun, steps: readonly Step[]): Promise<string | null> {
  for (const [index, step] of steps.entries()) {
    const problem = await performStep(run, step);
    if (problem !== null) return `step ${index + 1}: ${problem}`;
  }
  return null;
}

export async function performStep(run: VectorRun, step: Step): Promise<string | null> {
  try {
    const found = await run.perform(step);
    return found === null ? null : `${found.at}: expected ${found.expected}, got ${found.got}`;
  } catch (error) {
    run.signal.throwIfAborted();
    return (error as Error).message;
  }
}

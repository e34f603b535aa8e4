import { pause } from '../../os/child-process.ts';
import type { LifecycleFile } from '../vectors/contract-file.ts';
import type { Step } from '../vectors/vector.ts';
import type { VectorRun } from '../vectors/vector-run.ts';
import {
  type CheckOptions,
  type CheckResult,
  checkResult,
  performStep,
  performSteps,
  runSetup,
} from './check-result.ts';

interface DatabaseRestartOptions extends CheckOptions {
  readonly file: LifecycleFile;
  /** Resolves when nobody can connect any more. */
  stopDatabase(): Promise<void>;
  /** Resolves when it takes connections again. */
  startDatabase(): Promise<void>;
  /** What a loaded machine may add to the contract's times. */
  readonly toleranceMs?: number;
  /** The contract's; a test has less patience. */
  readonly lostLimitMs?: number;
  readonly backLimitMs?: number;
}

const pollMs = 20;

/** A database that goes away and comes back: 503 in time, well again in time, and the streams opened before still deliver events. */
export async function checkDatabaseRestart(options: DatabaseRestartOptions): Promise<readonly CheckResult[]> {
  const { before, lost, back } = options.file.databaseRestart;
  const { run, failure } = await runSetup(options, [...options.file.setup, ...before]);
  if (failure !== null) return [failure];
  const { toleranceMs = 500, lostLimitMs = 1_000, backLimitMs = 5_000 } = options;
  try {
    await options.stopDatabase();
    const down = await timeUntilHealth(run, 503, lostLimitMs + toleranceMs);
    const refused = await slowestOf(run, lost);
    const startedMs = performance.now();
    await options.startDatabase();
    const up = await timeUntilHealth(run, 200, backLimitMs + toleranceMs);
    await pause(Math.max(0, backLimitMs - (performance.now() - startedMs)), options.signal);
    const problem = up === null ? 'not tried' : await performSteps(run, back);
    return [
      checkResult(`/health answers 503 within ${lostLimitMs} ms of the loss`, down !== null, timeText(down)),
      checkResult(
        'all other routes answer 503 with Retry-After',
        refused.problem === null,
        refused.problem ?? refused.time,
      ),
      checkResult(
        `no 503 takes longer than ${lostLimitMs} ms`,
        refused.slowestMs <= lostLimitMs + toleranceMs,
        refused.time,
      ),
      checkResult(`/health answers 200 within ${backLimitMs} ms of the return`, up !== null, timeText(up)),
      checkResult('everything works again, events too', problem === null, problem ?? 'it does'),
    ];
  } finally {
    run.close();
  }
}

function timeText(elapsedMs: number | null): string {
  return elapsedMs === null ? 'not in time' : `after ${Math.round(elapsedMs)} ms`;
}

function healthStep(status: number): Step {
  return { request: { method: 'GET', path: '/health', connection: 'health' }, expect: { status } };
}

async function timeUntilHealth(run: VectorRun, status: number, limitMs: number): Promise<number | null> {
  const startedMs = performance.now();
  for (;;) {
    const problem = await performStep(run, healthStep(status));
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs > limitMs) return null;
    if (problem === null) return elapsedMs;
    await pause(pollMs, run.signal);
  }
}

async function slowestOf(run: VectorRun, steps: readonly Step[]) {
  let slowestMs = 0;
  const problems: string[] = [];
  for (const step of steps) {
    const startedMs = performance.now();
    const problem = await performStep(run, step);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (problem !== null)
      problems.push(`${'request' in step ? `${step.request.method} ${step.request.path}: ` : ''}${problem}`);
  }
  const time = `slowest after ${Math.round(slowestMs)} ms`;
  return { slowestMs, time, problem: problems.length === 0 ? null : problems.join('; ') };
}

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../model/harness-error.ts';
import type { Workload } from '../model/workload.ts';
import { askOnce } from '../os/ask-once.ts';
import { warmUpCode } from './jit-warmup.ts';
import { type LoadSession, openLoadSession } from './load-session.ts';
import type { GeneratorCommand, GeneratorProgress, GeneratorReport, OpenCommand } from './messages.ts';
import type { Loop } from './pace/loop.ts';
import { loadKernel } from './transport/kernel.ts';
import { createNativeLoop } from './transport/native-loop.ts';
import { createPortableLoop } from './transport/portable-loop.ts';
import type { TargetAddress } from './transport/socket.ts';
import { parseTarget, resolveTarget } from './transport/target-address.ts';

/** Takes the generator's commands, one at a time, and reports what becomes of each; what it throws is a bug. */
export type LoadHost = (command: GeneratorCommand) => void;

/** A host that opens its session itself and sends from its own loop: the process's only one, or one of several threads. */
export function createLoadHost(report: (message: GeneratorReport) => void): LoadHost {
  let session: LoadSession | null = null;

  const answer = async (command: GeneratorCommand): Promise<GeneratorReport | null> => {
    if (command.kind === 'open') {
      const workload = await loadWorkload(command.workloadPath, command.workloadArgument);
      session = await openSession(workload, command, report);
      const { id, service, version } = workload;
      return { kind: 'ready', ready: { niceness: command.niceness, workload: { id, service, version } } };
    }
    if (command.kind === 'cut-short') {
      const soFar = session?.soFar() ?? null;
      return soFar === null ? null : { kind: 'measured', ...soFar };
    }
    if (session === null) throw new Error(`${command.kind} before open`);
    if (command.kind === 'warm-up') {
      return { kind: 'warmed-up', counts: await session.warmUp(command.count, command.ratePerSec) };
    }
    const reportEnd = (endedAtNs: number) => report({ kind: 'window-end', endedAtNs });
    return { kind: 'measured', ...(await session.measure(command.startAtNs, reportEnd)) };
  };
  return (command) => {
    answer(command).then(
      (message) => {
        if (message !== null) report(message);
      },
      (error) => report(refusalOf(error)),
    );
  };
}

/** Throws what is no HarnessError: a bug, which ends the process. */
export function refusalOf(error: unknown): GeneratorReport {
  if (!(error instanceof HarnessError)) throw error;
  return { kind: 'refused', code: error.code, message: error.message, remedy: error.remedy };
}

async function openSession(
  workload: Workload,
  { targetUrl, loadPlan, share, niceness, transport, keepsDetail }: OpenCommand,
  report: (message: GeneratorReport) => void,
): Promise<LoadSession> {
  const target = parseTarget(targetUrl);
  if (share !== null && workload.isStateless !== true) {
    throw new HarnessError(
      'usage',
      `the workload ${workload.id} keeps state: its requests follow from answers, so one thread must send them`,
      'drive it with one thread',
    );
  }
  const loop = openLoop(transport, target);
  // A warm-up does the same, on the target.
  if (loadPlan.warmupCount === 0) await warmUpCode(loop);
  const point = await resolveTarget(target);
  const onProgress = (progress: GeneratorProgress) => report({ kind: 'progress', progress });
  const setUp = await setUpOf(workload, targetUrl, loadPlan.timeoutMs);
  const options = { workload, setUp, point, niceness, loop, loadPlan, share, keepsDetail, onProgress };
  return openLoadSession(options).catch((error: Error) => {
    throw new HarnessError('cannot-measure', error.message, 'see what the target logged; it must accept the streams');
  });
}

/** What the workload asks before its session. Throws HarnessError with what it says is wrong. */
async function setUpOf(workload: Workload, origin: string, timeoutMs: number): Promise<unknown> {
  const { signal } = new AbortController();
  return workload
    .setUp?.((request) => askOnce(origin, request, { timeoutMs, signal }))
    .catch((error: Error) => {
      throw new HarnessError('cannot-measure', error.message, 'correct the request, or see what the target logged');
    });
}

interface WorkloadModule {
  readonly workload?: Workload;
  createWorkload?(argument: unknown): Workload;
}

/** Throws HarnessError when there is none. */
export async function loadWorkload(path: string, argument: unknown): Promise<Workload> {
  const module: WorkloadModule = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw new HarnessError('cannot-measure', `cannot load ${path}: ${error.message}`, 'name a module of a workload');
  });
  if (argument !== null && module.createWorkload !== undefined) return module.createWorkload(argument);
  if (module.workload === undefined) {
    throw new HarnessError('cannot-measure', `${path} does not export workload`, 'export it under that name');
  }
  return module.workload;
}

/** Where the native loop was measured and its tests ran. */
const testedArchs: readonly string[] = ['x64'];

/** The loop that was asked for; null: the native one where it is known to work. Throws HarnessError where it cannot be had. */
function openLoop(requested: Loop['kind'] | null, { isSecure }: Pick<TargetAddress, 'isSecure'>): Loop {
  if (requested === 'portable') return createPortableLoop();
  const obstacle = isSecure ? 'it does not speak TLS' : loadKernel();
  if (requested === 'native' && obstacle !== null) {
    throw new HarnessError('usage', `the native transport cannot be used: ${obstacle}`, 'leave --transport away');
  }
  const isUntested = requested === null && !testedArchs.includes(process.arch);
  return obstacle !== null || isUntested ? createPortableLoop() : createNativeLoop();
}

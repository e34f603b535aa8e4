import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../model/harness-error.ts';
import type { LoadCounts } from '../model/load-result.ts';
import type { Workload } from '../model/workload.ts';
import { askOnce } from '../os/ask-once.ts';
import { warmUpCode } from './jit-warmup.ts';
import { openLoadSession } from './load-session.ts';
import type {
  GeneratorCommand,
  GeneratorProgress,
  GeneratorReady,
  GeneratorReport,
  MeasuredShare,
  OpenCommand,
} from './messages.ts';
import type { Loop } from './pace/loop.ts';
import { loadKernel } from './transport/kernel.ts';
import { createNativeLoop } from './transport/native-loop.ts';
import { createPortableLoop } from './transport/portable-loop.ts';
import type { TargetAddress } from './transport/socket.ts';
import { parseTarget, resolveTarget } from './transport/target-address.ts';

/** What sends: a session of this thread, or several threads. */
export interface LoadSender {
  warmUp(count: number, ratePerSec: number): Promise<LoadCounts>;
  measure(startAtNs: number, onWindowEnd: (endedAtNs: number) => void): Promise<MeasuredShare>;
  /** What the open window has recorded by now; null when none is open, or when those who were told answer by themselves. */
  cutShort(): MeasuredShare | null;
}

export type OpenSender = (
  command: OpenCommand,
  onProgress: (progress: GeneratorProgress) => void,
) => Promise<{ readonly ready: GeneratorReady; readonly sender: LoadSender }>;

/** Takes the generator's commands, one at a time, and reports what becomes of each; what it throws is a bug. */
export type LoadHost = (command: GeneratorCommand) => void;

export function createLoadHost(open: OpenSender, report: (message: GeneratorReport) => void): LoadHost {
  let sender: LoadSender | null = null;

  const answer = async (command: GeneratorCommand): Promise<GeneratorReport | null> => {
    if (command.kind === 'open') {
      const opened = await open(command, (progress) => report({ kind: 'progress', progress }));
      sender = opened.sender;
      return { kind: 'ready', ready: opened.ready };
    }
    if (command.kind === 'cut-short') {
      const soFar = sender?.cutShort() ?? null;
      return soFar === null ? null : { kind: 'measured', ...soFar };
    }
    if (sender === null) throw new Error(`${command.kind} before open`);
    if (command.kind === 'warm-up') {
      return { kind: 'warmed-up', counts: await sender.warmUp(command.count, command.ratePerSec) };
    }
    const reportEnd = (endedAtNs: number) => report({ kind: 'window-end', endedAtNs });
    return { kind: 'measured', ...(await sender.measure(command.startAtNs, reportEnd)) };
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

/** Sends from this very thread: the process's only one, or one of several. */
export const openSession: OpenSender = async (command, onProgress) => {
  const {
    workloadPath,
    workloadArgument,
    targetUrl,
    loadPlan,
    share = null,
    niceness,
    transport,
    keepsDetail,
    requestsPerConnection,
  } = command;
  const workload = await loadWorkload(workloadPath, workloadArgument);
  const target = parseTarget(targetUrl);
  if (share !== null && workload.isStateless !== true) {
    throw new HarnessError(
      'usage',
      `the workload ${workload.id} keeps state: its requests follow from answers, so one thread must send them`,
      'drive it with one thread',
    );
  }
  const loop = openLoop(transport ?? null, target);
  // A warm-up does the same, on the target.
  if (loadPlan.warmupCount === 0) await warmUpCode(loop);
  const point = await resolveTarget(target);
  const { signal } = new AbortController();
  const send = (request: Parameters<typeof askOnce>[1]) =>
    askOnce(targetUrl, request, { timeoutMs: loadPlan.timeoutMs, signal });
  const setUp = await saying('correct the request, or see what the target logged', workload.setUp?.(send));
  const options = {
    workload,
    setUp,
    point,
    niceness,
    loop,
    loadPlan,
    share,
    keepsDetail: keepsDetail ?? false,
    requestsPerConnection,
    onProgress,
  };
  const sender = await saying('see what the target logged; it must accept the streams', openLoadSession(options));
  const { id, service, version } = workload;
  return { ready: { niceness, workload: { id, service, version } }, sender };
};

/** What goes wrong between target and workload is the user's to mend. */
async function saying<T>(remedy: string, work: Promise<T> | undefined): Promise<T> {
  try {
    return (await work) as T;
  } catch (error) {
    throw new HarnessError('cannot-measure', (error as Error).message, remedy);
  }
}

interface WorkloadModule {
  readonly workload?: Workload;
  createWorkload?(argument: unknown): Workload;
}

/** Throws HarnessError when there is none. */
export async function loadWorkload(path: string, argument: unknown = null): Promise<Workload> {
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

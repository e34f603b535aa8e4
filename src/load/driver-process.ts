import { availableParallelism, getPriority, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../model/harness-error.ts';
import type { Workload } from '../model/workload.ts';
import { monotonicClock } from './clock.ts';
import { type LoadSession, openLoadSession } from './load-session.ts';
import type { DriverCommand, DriverReport, OpenCommand } from './messages.ts';
import { choosePacerKind, createPacer } from './pacer.ts';
import type { TargetAddress } from './socket.ts';

/*
 * The load driver's process: takes commands from its parent one at a time and reports to it. It ends with its parent; a bug
 * ends it too, with the error on standard error, where the parent finds it.
 */
let session: LoadSession | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const command = message as DriverCommand;
  if (command.kind === 'cut-short') return cutShort();
  answer(command).then(report, refuse);
});

function cutShort(): void {
  const result = session?.soFar() ?? null;
  if (result !== null) report({ kind: 'measured', result });
}

async function answer(command: Exclude<DriverCommand, { kind: 'cut-short' }>): Promise<DriverReport> {
  if (command.kind === 'open') return open(command);
  if (session === null) throw new Error(`${command.kind} before open`);
  if (command.kind === 'warm-up') {
    return { kind: 'warmed-up', counts: await session.warmUp(command.count, command.ratePerSec) };
  }
  const tellEnd = (endedAtNs: number) => report({ kind: 'window-end', endedAtNs });
  return { kind: 'measured', result: await session.measure(command.startAtNs, tellEnd) };
}

async function open(command: OpenCommand): Promise<DriverReport> {
  // Before the pacer's thread starts: a thread keeps the niceness of the one that made it.
  const niceness = renice(command.niceness);
  const workload = await loadWorkload(command.workloadPath, command.workloadArgument);
  const address = parseTarget(command.targetUrl);
  const clock = monotonicClock;
  const pacer = createPacer(choosePacerKind(availableParallelism()), clock);
  session = await openLoadSession({
    ...{ workload, address, niceness, clock, pacer, profile: command.profile },
    onProgress: (progress) => report({ kind: 'progress', progress }),
  }).catch((error: Error) => {
    throw new HarnessError('cannot-measure', error.message, 'see what the target logged; it must accept the streams');
  });
  const { id, service, version } = workload;
  return { kind: 'ready', ready: { niceness, workload: { id, service, version } } };
}

/** Asks for a niceness and says which one there is now: raising one's priority takes a permission. */
function renice(niceness: number): number {
  try {
    setPriority(niceness);
  } catch {
    // Not permitted: the result shows what was granted.
  }
  return getPriority();
}

interface WorkloadModule {
  readonly workload?: Workload;
  createWorkload?(argument: unknown): Workload;
}

async function loadWorkload(path: string, argument: unknown): Promise<Workload> {
  const module: WorkloadModule = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw new HarnessError('cannot-measure', `cannot load ${path}: ${error.message}`, 'name a module of a workload');
  });
  if (argument !== null && module.createWorkload !== undefined) return module.createWorkload(argument);
  if (module.workload === undefined) {
    throw new HarnessError('cannot-measure', `${path} does not export workload`, 'export it under that name');
  }
  return module.workload;
}

function parseTarget(targetUrl: string): TargetAddress {
  const url = URL.parse(targetUrl);
  if (url === null || url.protocol !== 'http:') {
    throw new HarnessError('usage', `the target ${targetUrl} is no http URL`, 'give it as http://host:port');
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port === '' ? 80 : url.port) };
}

function report(message: DriverReport): void {
  process.send?.(message);
}

function refuse(error: unknown): void {
  if (!(error instanceof HarnessError)) throw error;
  report({ kind: 'refused', code: error.code, message: error.message, remedy: error.remedy });
}

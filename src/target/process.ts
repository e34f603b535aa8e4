import { type ChildProcess, spawn } from 'node:child_process';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../model/harness-error.ts';
import type { Implementation } from '../model/implementation.ts';
import { createLogTail, type LogTail, livingMembers, pause, signalGroup } from '../os/child-process.ts';
import { isFree, pickFreePort } from '../os/port.ts';
import { expand, expandAll, type LocatedImplementation, type Placeholders } from './manifest.ts';
import type { Toolchain } from './toolchain.ts';

const readyLimitMs = 30_000;
const stopLimitMs = 10_000;
const killLimitMs = 2_000;
const pollMs = 5;

export interface StartOptions {
  readonly located: LocatedImplementation;
  readonly toolchain: Toolchain;
  readonly buildDir: string;
  /** Over the manifest's own; HOST and PORT are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  /** null: a free one is picked. */
  readonly port: number | null;
  /** One of the manifest's `programs` instead of its `command`. */
  readonly program?: string;
  /** Takes standard output, which else goes to the log; standard input is then a pipe. */
  onOutput?(chunk: Buffer): void;
  /** Hears all that goes to the log. */
  onLog?(chunk: Buffer): void;
  /** cgroup.procs (or tasks) files the target enters before its program starts. */
  readonly joinPaths: readonly string[];
  readonly signal: AbortSignal;
  /** Called as soon as there is a pid, before the target is ready. */
  onStarted?(pid: number): void;
  /** Kills what left the process group, such as by cgroup.kill. */
  killAll?(): void | Promise<void>;
  readonly readyLimitMs?: number;
  readonly stopLimitMs?: number;
}

export interface ExitStatus {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StopReport extends ExitStatus {
  /** From SIGTERM until the program had ended. */
  readonly stopMs: number;
  /** It had to be killed, or left processes of its group behind. */
  readonly forced: boolean;
  readonly leftoverCount: number;
}

export interface RunningTarget {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly baseUrl: string;
  /** From before the spawn until the first 200 of GET /health. */
  readonly startupMs: number;
  logTail(): string;
  /** Resolves when the program ends, asked or not. */
  readonly died: Promise<ExitStatus>;
  /** The same report however often it is called. Aborting ends the wait for a graceful end. */
  stop(): Promise<StopReport>;
}

type StartOutcome =
  | { readonly status: 'ready'; readonly target: RunningTarget }
  | {
      readonly status: 'failed';
      readonly code: 'cannot-spawn' | 'exited-early' | 'never-ready';
      readonly message: string;
      readonly logTail: string;
    };

/** Enters each cgroup named before `--`, then becomes the program: nothing of the target runs outside. */
const joinScript = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 126; shift; done; shift; exec "$@"';

/** What a program needs to find its files; the rest of our own environment (npm's, NODE_OPTIONS …) must not change results. */
const inheritedNames = ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH'];

/**
 * Starts the program in a process group of its own and waits until GET /health answers 200 (at most 30 s).
 * A target that fails is data. Aborting kills it and throws the signal's reason.
 */
export async function startTarget(options: StartOptions): Promise<StartOutcome> {
  options.signal.throwIfAborted();
  const port = options.port ?? (await portFor(options));
  const startedNs = process.hrtime.bigint();
  const child = spawnTarget(options, port);
  const running = supervise(child, options);
  if (child.pid === undefined) {
    const { exitCode } = await running.died;
    return { status: 'failed', code: 'cannot-spawn', message: `cannot start sh (${exitCode})`, logTail: '' };
  }
  options.onStarted?.(child.pid);
  const limitMs = options.readyLimitMs ?? options.located.implementation.readiness?.limitMs ?? readyLimitMs;
  const ready = await waitUntilReady(options, port, running.died, startedNs, limitMs).catch(async (error: unknown) => {
    await running.kill();
    throw error;
  });
  if (ready.status === 'ready') {
    const baseUrl = `http://${options.host}:${port}`;
    const { died, stop } = running;
    const logTail = () => running.log.text();
    const { startupMs } = ready;
    return {
      status: 'ready',
      target: { pid: child.pid, host: options.host, port, baseUrl, startupMs, logTail, died, stop },
    };
  }
  await running.kill();
  const message = ready.status === 'exited' ? endedText(ready.exit) : notReadyText(options, limitMs, ready);
  const code = ready.status === 'exited' ? 'exited-early' : 'never-ready';
  return { status: 'failed', code, message, logTail: running.log.text() };
}

/** The target's own where it has one: whoever listens there already would be measured in its place. */
async function portFor({ located, host }: StartOptions): Promise<number> {
  const { id, fixedPort } = located.implementation;
  if (fixedPort === undefined) return pickFreePort(host);
  if (await isFree(host, fixedPort)) return fixedPort;
  throw new HarnessError(
    'port-taken',
    `${id} listens on port ${fixedPort}, and something else listens there already`,
    'stop what listens there, or give the target a free port with {port} or PORT',
  );
}

export function spawnTarget(options: StartOptions, port: number): ChildProcess {
  const { located, host } = options;
  const command = commandOf(options);
  const values: Placeholders = {
    ...options.toolchain.placeholders,
    ...{ build: options.buildDir, dir: located.dir, host, port: String(port) },
    databaseUrl: options.env.DATABASE_URL ?? '',
  };
  return spawn('sh', ['-c', joinScript, 'sh', ...options.joinPaths, '--', ...expandAll(command, values)], {
    cwd: located.dir,
    detached: true,
    stdio: [options.onOutput === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: {
      ...inheritedEnvironment(located.implementation, values),
      ...options.env,
      HOST: host,
      PORT: String(port),
    },
  });
}

/** What every program of an implementation gets: the few names of ours that it needs, and its manifest's own. */
export function inheritedEnvironment({ env }: Implementation, values: Placeholders): Record<string, string> {
  const own = Object.entries(env).map(([name, text]) => [name, expand(text, values)]);
  const inherited = inheritedNames.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return Object.fromEntries([...inherited, ...own]) as Record<string, string>;
}

function commandOf({ located, program }: StartOptions): readonly string[] {
  const { command, programs, id } = located.implementation;
  if (program === undefined) return command;
  const named = programs[program];
  if (named !== undefined) return named;
  throw new HarnessError(
    'bad-manifest',
    `${id}: programs: "${program}" is missing`,
    `name it in ${located.dir}/impl.json`,
  );
}

interface SupervisedProcess {
  readonly log: LogTail;
  readonly died: Promise<ExitStatus>;
  /** Its output has been read to the end. */
  readonly closed: Promise<unknown>;
  stop(): Promise<StopReport>;
  kill(): Promise<void>;
}

export function supervise(child: ChildProcess, options: StartOptions): SupervisedProcess {
  const log = createLogTail();
  const toLog = (chunk: Buffer) => {
    log.add(chunk);
    options.onLog?.(chunk);
  };
  child.stdout?.on('data', (chunk: Buffer) => (options.onOutput ?? toLog)(chunk));
  child.stderr?.on('data', toLog);
  const { promise: died, resolve } = Promise.withResolvers<ExitStatus>();
  const closed = new Promise((done) => child.once('close', done));
  child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  child.once('error', (error) => {
    log.add(Buffer.from(`${error.message}\n`));
    resolve({ exitCode: null, signal: null });
  });
  const groupId = child.pid;
  // A harness that ends by an uncaught error must not leave a target running.
  const killAtExit = () => groupId !== undefined && signalGroup(groupId, 'SIGKILL');
  process.once('exit', killAtExit);
  const kill = async () => {
    if (groupId !== undefined) signalGroup(groupId, 'SIGKILL');
    await options.killAll?.();
    await died;
    await groupGone(groupId);
    // The last lines may still be in the pipe; a process that left the group may hold it open for ever.
    await within(closed, 500);
    process.off('exit', killAtExit);
  };
  let stopping: Promise<StopReport> | undefined;
  const stop = () => {
    stopping ??= stopGroup(groupId ?? 0, died, kill, options);
    return stopping;
  };
  return { log, died, closed, stop, kill };
}

/** SIGTERM to the program alone, as a supervisor does: its children are its own affair, and part of what is checked. */
async function stopGroup(
  groupId: number,
  died: Promise<ExitStatus>,
  kill: () => Promise<void>,
  options: Pick<StartOptions, 'stopLimitMs' | 'signal'>,
): Promise<StopReport> {
  const startedMs = performance.now();
  sendSigterm(groupId);
  const inTime = await within(died, options.stopLimitMs ?? stopLimitMs, options.signal);
  const stopMs = performance.now() - startedMs;
  const leftoverCount = (await livingMembers(groupId)).length;
  await kill();
  return { ...(await died), stopMs, forced: inTime === null || leftoverCount > 0, leftoverCount };
}

/** A killed process is still there until the kernel has taken it down, which a busy machine puts off. */
async function groupGone(groupId: number | undefined): Promise<void> {
  if (groupId === undefined) return;
  const limitMs = performance.now() + killLimitMs;
  while ((await livingMembers(groupId)).length > 0 && performance.now() < limitMs) await sleep(pollMs);
}

function sendSigterm(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function within<T>(promise: Promise<T>, limitMs: number, signal?: AbortSignal): Promise<T | null> {
  const timer = new AbortController();
  const ends = AbortSignal.any([timer.signal, ...(signal === undefined ? [] : [signal])]);
  const late = sleep(limitMs, null, { signal: ends }).catch(() => null);
  return Promise.race([promise, late]).finally(() => timer.abort());
}

type Readiness =
  | { readonly status: 'ready'; readonly startupMs: number }
  | { readonly status: 'exited'; readonly exit: ExitStatus }
  | { readonly status: 'late'; readonly lastAnswer: string };

async function waitUntilReady(
  options: StartOptions,
  port: number,
  died: Promise<ExitStatus>,
  startedNs: bigint,
  limitMs: number,
): Promise<Readiness> {
  let exit: ExitStatus | undefined;
  died.then((status) => {
    exit = status;
  });
  const elapsedMs = () => Number(process.hrtime.bigint() - startedNs) / 1e6;
  const { path, status } = options.located.implementation.readiness ?? contractReadiness;
  const isReady = (answer: number | string) =>
    typeof answer === 'number' && (status === null ? answer < 500 : answer === status);
  let lastAnswer = 'nothing listened';
  while (elapsedMs() < limitMs) {
    if (exit !== undefined) return { status: 'exited', exit };
    const answer = await askHealth(options.host, port, path);
    if (isReady(answer)) return { status: 'ready', startupMs: elapsedMs() };
    lastAnswer = typeof answer === 'number' ? `status ${answer}` : answer;
    await pause(pollMs, options.signal);
  }
  return { status: 'late', lastAnswer };
}

const contractReadiness = { path: '/health', status: 200 } as const;

/** No route to this machine itself: a loopback interface that is down, which no target can mend. */
const unreachableCodes: readonly string[] = ['ENETUNREACH', 'EHOSTUNREACH'];

function unreachable(host: string, { message }: Error): HarnessError {
  return new HarnessError(
    'cannot-measure',
    `this machine cannot reach itself at ${host}: ${message}`,
    'bring the loopback interface up (`ip link set lo up`), also in a network namespace of your own',
  );
}

function askHealth(host: string, port: number, path: string): Promise<number | string> {
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  const request = get({ host, port, path, agent: false, timeout: 1_000 }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  request.once('timeout', () => request.destroy(new Error('no answer within 1 s')));
  request.once('error', (error: NodeJS.ErrnoException) => {
    if (unreachableCodes.includes(error.code ?? '')) reject(unreachable(host, error));
    else resolve(error.message);
  });
  return promise;
}

function notReadyText({ located }: StartOptions, limitMs: number, { lastAnswer }: { lastAnswer: string }): string {
  const { path, status } = located.implementation.readiness ?? contractReadiness;
  const wanted = status === null ? 'with a status below 500' : status;
  return `GET ${path} did not answer ${wanted} within ${limitMs / 1_000} s (last: ${lastAnswer})`;
}

function endedText(exit: ExitStatus): string {
  const why: Readonly<Record<number, string>> = {
    0: '; a service must stay in the foreground, and must not start another process and end',
    126: '; its program cannot be executed',
    127: '; its program was not found',
  };
  return `ended before it was ready: ${describe(exit)}${why[exit.exitCode ?? -1] ?? ''}`;
}

function describe({ exitCode, signal }: ExitStatus): string {
  return signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../model/harness-error.ts';
import type { LoadCounts, LoadResult } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import { moduleEnding } from '../os/module-ending.ts';
import type { MeasuredShare } from './load-session.ts';
import type { GeneratorCommand, GeneratorProgress, GeneratorReady, GeneratorReport } from './messages.ts';

export type { GeneratorProgress } from './messages.ts';

export interface GeneratorOptions {
  /** A module that exports `workload`, or `createWorkload` where there is an argument for it. */
  readonly workloadPath: string;
  /** Plain data that `createWorkload` makes the workload of. */
  readonly workloadArgument?: unknown;
  /** http://host:port or https://host:port; a path is not part of it. */
  readonly targetUrl: string;
  readonly loadPlan: LoadPlan;
  /** How many threads send; more than one only where the workload is stateless. Not given: as many as the rate needs. */
  readonly threadCount?: number;
  /** The loop that is asked for; not given: the native one where it is known to work. */
  readonly transport?: 'native' | 'portable' | null;
  /** Whether `measureSeconds` is to know each second's histogram and the outages. */
  readonly keepsDetail?: boolean;
  /** cgroup.procs files that the process enters before it runs. */
  readonly joinPaths: readonly string[];
  /** Asked for; `ready.niceness` says what was granted. */
  readonly niceness: number;
  /** Aborting kills the process; what was waited for rejects with the signal's reason. */
  readonly signal: AbortSignal;
  onProgress(progress: GeneratorProgress): void;
}

/** The load generator, running in a process of its own. One method at a time. */
export interface Generator {
  readonly pid: number;
  readonly ready: GeneratorReady;
  /**
   * Sends `count` requests of the workload's mix, evenly spaced, on the connections that `measure` will use. They are
   * checked, but no part of the result. May be called again, block by block. Resolves when all are done.
   */
  warmUp(count: number, ratePerSec: number): Promise<LoadCounts>;
  /**
   * Drives the load plan's window. `startAtNs` is the first due time on CLOCK_MONOTONIC (`process.hrtime`), a little ahead.
   * `onWindowEnd` is called when the window closes, before the drain; the result comes after it.
   */
  measure(startAtNs: number, onWindowEnd: (endedAtNs: number) => void): Promise<LoadResult>;
  /** The same with the histogram of each second, where `keepsDetail` was asked for. */
  measureSeconds(startAtNs: number, onWindowEnd: (endedAtNs: number) => void): Promise<MeasuredShare>;
  /**
   * While `measure` is waited for: lets it resolve at once with what was recorded so far, the requests alive now counted as in
   * flight (their ages are in no histogram). Only `stop` is of use after it.
   */
  cutShort(): void;
  /** Ends the process; fine at any time and more than once. */
  stop(): Promise<void>;
}

/** Joins each file before `--`, then becomes what stands behind it: nothing of the process's life escapes the group. */
const joinScript =
  'while [ "$1" != -- ]; do echo $$ > "$1" || { echo "cannot join $1" >&2; exit 97; }; shift; done; shift; exec "$@"';
const processPath = fileURLToPath(new URL(`./generator-process${moduleEnding}`, import.meta.url));
/** Half of Node's own: what a request leaves behind dies young, so more but short collections keep the process small. */
const memoryFlags = ['--max-semi-space-size=8'];
const tailChars = 4_000;

/** Starts the process, loads the workload and opens its event streams. Throws HarnessError when any of it fails. */
export async function startGenerator(options: GeneratorOptions): Promise<Generator> {
  options.signal.throwIfAborted();
  const child = spawn(
    'sh',
    ['-c', joinScript, 'sh', ...options.joinPaths, '--', process.execPath, ...memoryFlags, processPath],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: compilingOnce(process.env),
      // A session of its own: a Ctrl-C meant for the harness must reach the generator through its conductor, in order.
      detached: true,
    },
  );
  const channel = openChannel(child, options);
  try {
    const {
      workloadPath,
      workloadArgument = null,
      targetUrl,
      loadPlan,
      niceness,
      threadCount = null,
      transport = null,
      keepsDetail = false,
    } = options;
    const part = { threadCount, transport, keepsDetail, share: null };
    const open = { kind: 'open', workloadPath, workloadArgument, targetUrl, loadPlan, niceness, ...part } as const;
    const { ready } = await channel.ask(open, 'ready');
    return driverOn(channel, child.pid ?? 0, ready);
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** It starts in half the time, and stays smaller, where it finds its own files compiled. */
function compilingOnce(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dir = getCompileCacheDir();
  return dir === undefined ? env : { ...env, NODE_COMPILE_CACHE: dir };
}

function driverOn(channel: Channel, pid: number, ready: GeneratorReady): Generator {
  const measureSeconds: Generator['measureSeconds'] = (startAtNs, onWindowEnd) => {
    channel.onWindowEnd = onWindowEnd;
    return channel.ask({ kind: 'measure', startAtNs }, 'measured');
  };
  return {
    pid,
    ready,
    warmUp: async (count, ratePerSec) =>
      (await channel.ask({ kind: 'warm-up', count, ratePerSec }, 'warmed-up')).counts,
    measure: async (startAtNs, onWindowEnd) => (await measureSeconds(startAtNs, onWindowEnd)).result,
    measureSeconds,
    cutShort: () => channel.tell({ kind: 'cut-short' }),
    stop: channel.close,
  };
}

type ReportOf<Kind extends GeneratorReport['kind']> = Extract<GeneratorReport, { kind: Kind }>;

interface Channel {
  onWindowEnd: (endedAtNs: number) => void;
  ask<Kind extends GeneratorReport['kind']>(command: GeneratorCommand, answer: Kind): Promise<ReportOf<Kind>>;
  /** A command whose answer is another question's. */
  tell(command: GeneratorCommand): void;
  close(): Promise<void>;
}

interface Question {
  readonly answer: GeneratorReport['kind'];
  resolve(report: GeneratorReport): void;
  reject(error: unknown): void;
}

/** The conversation with one process: a question is answered by its report, by a refusal or by the process's end. */
function openChannel(child: ChildProcess, options: GeneratorOptions): Channel {
  let question: Question | null = null;
  let death: unknown = null;
  const tail = keepTail(child);
  const settle = (settleQuestion: (asked: Question) => void) => {
    const asked = question;
    question = null;
    if (asked !== null) settleQuestion(asked);
  };
  const die = (reason: unknown) => {
    death ??= reason;
    settle((asked) => asked.reject(death));
  };
  const kill = () => {
    child.kill('SIGKILL');
    die(options.signal.reason);
  };
  const ended = once(child, 'close').catch(() => undefined);
  options.signal.addEventListener('abort', kill, { once: true });
  child.on('error', (error) => die(driverDied(`: ${error.message}`, tail())));
  child.on('close', (code, signal) => {
    options.signal.removeEventListener('abort', kill);
    die(driverDied(signal === null ? `with exit code ${code}` : `by ${signal}`, tail()));
  });

  const channel: Channel = {
    onWindowEnd: () => undefined,
    ask: (command, answer) =>
      new Promise((resolve, reject) => {
        if (death !== null) return reject(death);
        if (question !== null) throw new Error(`the generator is asked to ${command.kind} before its last answer`);
        question = { answer, resolve: resolve as Question['resolve'], reject };
        // A failed send is followed by 'close', which says more.
        child.send(command, () => undefined);
      }),
    tell: (command) => {
      if (death === null) child.send(command, () => undefined);
    },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  child.on('message', (message) => {
    const report = message as GeneratorReport;
    if (report.kind === 'progress') options.onProgress(report.progress);
    else if (report.kind === 'window-end') channel.onWindowEnd(report.endedAtNs);
    else if (report.kind === 'refused') {
      settle((asked) => asked.reject(new HarnessError(report.code, report.message, report.remedy)));
    } else settle((asked) => asked.resolve(report));
  });
  return channel;
}

/** The end of all that the process wrote, for the error that reports its death. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-tailChars);
    });
  }
  return () => tail.trim();
}

function driverDied(how: string, tail: string): HarnessError {
  return new HarnessError(
    'cannot-measure',
    `the load generator's process ended unexpectedly ${how}: its own fault, not the target's${tail === '' ? '' : `:\n${tail}`}`,
    'if the text above does not name the cause, run the command again; memory or permissions of the cgroup may be short',
  );
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../model/harness-error.ts';
import type { LoadCounts, LoadResult } from '../model/load-result.ts';
import { moduleEnding } from '../os/module-ending.ts';
import {
  Conversation,
  type GeneratorProgress,
  type GeneratorReady,
  type LoadOrder,
  type MeasuredShare,
} from './messages.ts';

export type { GeneratorProgress } from './messages.ts';

export interface GeneratorOptions extends LoadOrder {
  /** cgroup.procs files that the process enters before it runs. */
  readonly joinPaths: readonly string[];
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
export async function startGenerator({
  joinPaths,
  signal,
  onProgress,
  ...order
}: GeneratorOptions): Promise<Generator> {
  signal.throwIfAborted();
  const argv = [...joinPaths, '--', process.execPath, ...memoryFlags, processPath];
  const child = spawn('sh', ['-c', joinScript, 'sh', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: compilingOnce(process.env),
    // A session of its own: a Ctrl-C meant for the harness must reach the generator through its conductor, in order.
    detached: true,
  });
  const { conversation, stop } = converse(child, signal);
  conversation.onProgress = onProgress;
  const measureSeconds: Generator['measureSeconds'] = async (startAtNs, onWindowEnd) => {
    conversation.onWindowEnd = onWindowEnd;
    return conversation.ask({ kind: 'measure', startAtNs }, 'measured');
  };
  try {
    const { ready } = await conversation.ask({ kind: 'open', ...order }, 'ready');
    return {
      ...{ pid: child.pid ?? 0, ready, measureSeconds, stop },
      warmUp: async (count, ratePerSec) =>
        (await conversation.ask({ kind: 'warm-up', count, ratePerSec }, 'warmed-up')).counts,
      measure: async (startAtNs, onWindowEnd) => (await measureSeconds(startAtNs, onWindowEnd)).result,
      cutShort: () => conversation.tell({ kind: 'cut-short' }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** It starts in half the time, and stays smaller, where it finds its own files compiled. */
function compilingOnce(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dir = getCompileCacheDir();
  return dir === undefined ? env : { ...env, NODE_COMPILE_CACHE: dir };
}

function converse(child: ChildProcess, signal: AbortSignal) {
  // A failed send is followed by 'close', which says more.
  const conversation = new Conversation((command) => child.send(command, () => undefined));
  const tail = keepTail(child);
  const ended = once(child, 'close').catch(() => undefined);
  const kill = () => {
    child.kill('SIGKILL');
    conversation.end(signal.reason);
  };
  signal.addEventListener('abort', kill, { once: true });
  child.on('message', conversation.hear);
  child.on('error', (error) => conversation.end(driverDied(`: ${error.message}`, tail())));
  child.on('close', (code, name) => {
    signal.removeEventListener('abort', kill);
    conversation.end(driverDied(name === null ? `with exit code ${code}` : `by ${name}`, tail()));
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { conversation, stop };
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

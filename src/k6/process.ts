import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../model/harness-error.ts';
import { createLogTail, pause } from '../os/child-process.ts';
import { pickFreePort } from '../os/port.ts';
import type { K6Program } from './program.ts';

export interface K6ProcessOptions {
  readonly program: K6Program;
  /** Holds the script, and gets the summary. */
  readonly folder: string;
  readonly scriptName: string;
  readonly summaryName: string;
  /** cgroup.procs files that the process enters before it runs. */
  readonly joinPaths: readonly string[];
  /** Asked for; where it is not permitted it runs without. */
  readonly niceness: number;
  readonly signal: AbortSignal;
}

/** k6 with its virtual users made, waiting to begin. */
export interface K6Process {
  readonly pid: number;
  /** Lets it begin; resolves when it has, with the moment on CLOCK_MONOTONIC. */
  begin(): Promise<number>;
  /** Resolves when it has ended and written its summary; rejects with HarnessError when it died. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Joins each file before `--`, then becomes k6: nothing of its life escapes the group. */
const joinScript =
  'while [ "$1" != -- ]; do echo $$ > "$1" || { echo "cannot join $1" >&2; exit 97; }; shift; done; shift; exec nice -n "$NICENESS" "$@"';

/** What `/v1/status` says of itself (ExecutionStatus of k6's lib/execution.go). */
const pausedStatus = 4;
const runningStatus = 7;

/** Starts it paused, and waits until its virtual users are there. */
export async function startK6(options: K6ProcessOptions): Promise<K6Process> {
  const { signal } = options;
  signal.throwIfAborted();
  const address = `127.0.0.1:${await pickFreePort('127.0.0.1')}`;
  const child = spawnK6(options, address);
  const tail = createLogTail(4_000);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Uint8Array) => tail.add(chunk));
  const closed = once(child, 'close').catch((error: unknown) => [null, String(error)]);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let hasEnded = false;
  const ended = closed.then(([code, by]) => {
    hasEnded = true;
    signal.removeEventListener('abort', kill);
    signal.throwIfAborted();
    if (code !== 0 && code !== thresholdsCrossed) throw k6Died(code, by, tail.text().trim());
  });
  ended.catch(() => {});
  const stop = async () => {
    kill();
    await closed;
  };
  /** Until it is as far as that; the readings are far apart while nothing is measured. */
  const reach = async (status: number, intervalMs: number) => {
    while ((await statusOf(address)) < status) {
      if (hasEnded) return ended;
      await pause(intervalMs, signal);
    }
  };
  try {
    await reach(pausedStatus, 50);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    ended,
    stop,
    async begin() {
      await resume(address);
      await reach(runningStatus, 2);
      return Number(process.hrtime.bigint());
    },
  };
}

/** The exit code where a threshold was crossed, as those on dropped iterations and wrong answers: the summary says more. */
const thresholdsCrossed = 99;

function spawnK6({ program, folder, joinPaths, niceness, ...names }: K6ProcessOptions, address: string): ChildProcess {
  const args = ['run', '--paused', '--quiet', '--address', address, '-e', `SUMMARY=${names.summaryName}`];
  return spawn('sh', ['-c', joinScript, 'sh', ...joinPaths, '--', program.path, ...args, names.scriptName], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutK6Options(process.env), K6_NO_USAGE_REPORT: 'true', NICENESS: String(niceness) },
    // A session of its own: a Ctrl-C meant for the harness must reach it through its conductor, in order.
    detached: true,
  });
}

/** The user's K6_… would change the load, or send it elsewhere. */
function withoutK6Options(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('K6_')));
}

/** -1: it does not listen yet, or no more. */
async function statusOf(address: string): Promise<number> {
  try {
    const response = await fetch(`http://${address}/v1/status`);
    const { data } = (await response.json()) as { data: { attributes: { status: number } } };
    return data.attributes.status;
  } catch {
    await sleep(1);
    return -1;
  }
}

async function resume(address: string): Promise<void> {
  const body = JSON.stringify({ data: { type: 'status', id: 'default', attributes: { paused: false } } });
  await fetch(`http://${address}/v1/status`, { method: 'PATCH', body }).catch(() => {
    // It has died: who waits for its end hears of it.
  });
}

function k6Died(code: number | null, by: string | null, tail: string): HarnessError {
  const how = by === null ? `with exit code ${code}` : `by ${by}`;
  return new HarnessError(
    'cannot-measure',
    `k6 ended unexpectedly ${how}: the generator's fault, not the target's${tail === '' ? '' : `:\n${tail}`}`,
    'if the text above does not name the cause, run the command again; memory or permissions of the cgroup may be short',
  );
}

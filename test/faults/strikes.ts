import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanupEntry } from '../../src/run/session/cleanup-registry.ts';
import { processesOf } from '../support/leftovers.ts';
import type { RunningPaceline, Workspace } from '../support/paceline.ts';
import type { Cell } from './cell.ts';

type Strike = NonNullable<Cell['strike']>;

function entriesOf({ pid }: RunningPaceline, { cacheDir }: Workspace): readonly CleanupEntry[] {
  const folder = join(cacheDir, 'runs');
  const name = readdirSync(folder).find((one) => one.startsWith(`${pid}-`) && one.endsWith('.json')) ?? '';
  return JSON.parse(readFileSync(join(folder, name), 'utf8')).entries;
}

async function pidsOf(space: Workspace, words: RegExp): Promise<readonly number[]> {
  // A phase's line comes a moment before the process that it starts.
  for (let tries = 0; tries < 100; tries += 1) {
    const found = processesOf(space.dir).filter((line) => words.test(line));
    if (found.length > 0) return found.map((line) => Number.parseInt(line, 10));
    await sleep(20);
  }
  throw new Error(`no process ${words}`);
}

export const targetWords = /impls\/(echo|crud-node-async|crud-node-processes|burn-children)\/main/;
export const generatorWords = /generator-process/;

/** One of the processes that answer: their parent has the same words. */
async function childOfTarget(space: Workspace): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const pids = await pidsOf(space, /main\.ts/);
    const child = pids.flatMap(childrenOf).find((pid) => pids.includes(pid));
    if (child !== undefined) return child;
    await sleep(20);
  }
  throw new Error('the target has no child');
}

export const signal =
  (words: RegExp, name: NodeJS.Signals): Strike =>
  async (_, space) => {
    for (const pid of await pidsOf(space, words)) process.kill(pid, name);
  };
export const pause =
  (words: RegExp, durationMs: number): Strike =>
  async (_, space) => {
    const pids = await pidsOf(space, words);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await sleep(durationMs);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // Ended by paceline meanwhile.
      }
    }
  };
export const killDatabase: Strike = (running, space) => process.kill(databaseOf(running, space), 'SIGKILL');
export const pauseDatabase: Strike = async (running, space) => {
  const pid = databaseOf(running, space);
  const all = [pid, ...childrenOf(pid)];
  for (const one of all) process.kill(one, 'SIGSTOP');
  await sleep(700);
  for (const one of all) process.kill(one, 'SIGCONT');
};

function databaseOf(running: RunningPaceline, space: Workspace): number {
  const found = entriesOf(running, space).find(({ kind }) => kind === 'database');
  if (found?.kind !== 'database') throw new Error('no database in the cleanup registry');
  return found.pid;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** Its tool has been started, and noted a moment later. */
export const killHarnessInBuild: Strike = async (running, space) => {
  await pidsOf(space, /sleep 600/);
  await sleep(300);
  running.signal('SIGKILL');
};
export const killHarness: Strike = (running) => running.signal('SIGKILL');
export const pauseHarness: Strike = async (running) => {
  running.signal('SIGSTOP');
  await sleep(1_000);
  running.signal('SIGCONT');
};

export const killChild: Strike = async (_, space) => {
  process.kill(await childOfTarget(space), 'SIGKILL');
};
export const pauseChild: Strike = async (_, space) => {
  const child = await childOfTarget(space);
  process.kill(child, 'SIGSTOP');
  await sleep(500);
  process.kill(child, 'SIGCONT');
};

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { threadCountOf } from './cpu.ts';
import type { OtherProcesses } from './timed-case.ts';

/** Starts children of one file and waits until each has said that it is ready. */
export async function startChildren(file: URL, count: number): Promise<ChildProcess[]> {
  const children = Array.from({ length: count }, () => fork(file, { execArgv: [] }));
  await Promise.all(children.map((child) => once(child, 'message')));
  return children;
}

/** Each child reports its own usage: units/child.mjs. */
export function otherProcessesOf(children: readonly ChildProcess[]): OtherProcesses {
  return {
    processCount: children.length,
    async cpuNs() {
      const all = await Promise.all(children.map(askCpu));
      return all.reduce((sum, one) => sum + one, 0);
    },
    async threadCount() {
      return children.reduce((sum, { pid }) => sum + (pid === undefined ? 0 : (threadCountOf(pid) ?? 0)), 0);
    },
  };
}

async function askCpu(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.send('cpu');
  const [{ cpuNs }] = await answer;
  return cpuNs;
}

export async function endChildren(children: readonly ChildProcess[]): Promise<void> {
  const exits = children.map((child) => once(child, 'exit'));
  for (const child of children) child.disconnect();
  await Promise.all(exits);
}

import { privateBytes, readMemoryDetail, residentBytes } from './private-memory.ts';
import type { Probe } from './probe.ts';
import { msPerTick, readAllStats } from './proc-file.ts';
import { createProcessTree } from './process-tree.ts';
import { createRunDelay } from './run-delay.ts';

/** The tree of a root process by /proc: steps of 10 ms, so for windows of 10 s and more. */
export function createProcProbe(rootPid: number): Probe {
  const tree = createProcessTree(rootPid);
  const runDelay = createRunDelay();
  let members = tree.update(readAllStats());
  return {
    method: 'proc',
    cpuSource: '/proc stat of the tree with cutime and cstime (10 ms steps)',
    memorySource: '/proc status RssAnon + RssShmem (smaps_rollup where forks share pages)',
    async read() {
      members = tree.update(readAllStats());
      const cpu = tree.cpu();
      return {
        cpuUserMs: cpu.userTicks * msPerTick,
        cpuSystemMs: cpu.systemTicks * msPerTick,
        anonBytes: privateBytes(members),
        rssBytes: residentBytes(members),
        processCount: members.length,
        threadCount: members.reduce((sum, { threadCount }) => sum + threadCount, 0),
        runDelayMs: runDelay.readMs(members.map(({ pid }) => pid)),
      };
    },
    async readAnonBytes() {
      // Of the members of the last full reading: looking through all processes costs 3 ms, too dear ten times a second.
      return privateBytes(members);
    },
    async memoryDetail() {
      members = tree.update(readAllStats());
      return readMemoryDetail(members, null);
    },
  };
}

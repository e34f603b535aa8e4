import { privateBytes, readMemoryDetail, residentBytes } from './private-memory.ts';
import type { Probe } from './probe.ts';
import { msPerTick, readAllStats } from './proc-file.ts';
import { createProcessTree } from './process-tree.ts';
import { createRunDelay } from './run-delay.ts';

/** The tree of a root process by /proc: steps of 10 ms, so for windows of 10 s and more. */
export function createProcProbe(rootPid: number): Probe {
  const tree = createProcessTree(rootPid);
  const runDelay = createRunDelay();
  tree.update(readAllStats());
  return {
    method: 'proc',
    cpuSource: '/proc stat of the tree with cutime and cstime (10 ms steps)',
    memorySource: '/proc status RssAnon + RssShmem (smaps_rollup where forks share pages)',
    async read() {
      const stats = tree.update(readAllStats());
      const cpu = tree.cpu();
      return {
        cpuUserMs: cpu.userTicks * msPerTick,
        cpuSystemMs: cpu.systemTicks * msPerTick,
        anonBytes: privateBytes(stats),
        rssBytes: residentBytes(stats),
        processCount: stats.length,
        threadCount: stats.reduce((sum, { threadCount }) => sum + threadCount, 0),
        runDelayMs: runDelay.readMs(stats.map(({ pid }) => pid)),
      };
    },
    async readAnonBytes() {
      return privateBytes(tree.update(readAllStats()));
    },
    async memoryDetail() {
      return readMemoryDetail(tree.update(readAllStats()), null);
    },
  };
}

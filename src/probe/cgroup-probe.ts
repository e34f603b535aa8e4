import type { ProcessGroup } from './cgroup.ts';
import { readGroupCpu, readGroupExtras, readGroupPids, readGroupPrivateBytes } from './cgroup-file.ts';
import { privateBytes, readMemoryDetail, residentBytes } from './private-memory.ts';
import type { Probe } from './probe.ts';
import { type ProcStat, readStat } from './proc-file.ts';
import { createRunDelay } from './run-delay.ts';

/** Everything that ever ran in the group counts, however short its life. */
export function createCgroupProbe(group: ProcessGroup): Probe {
  const runDelay = createRunDelay();
  return {
    method: 'cgroup',
    cpuSource: 'cgroup v2 cpu.stat',
    memorySource: memorySource(group),
    async read() {
      const cpu = readGroupCpu(group);
      const stats = readMembers(group);
      return {
        cpuUserMs: cpu.userMs,
        cpuSystemMs: cpu.systemMs,
        anonBytes: readGroupPrivateBytes(group) ?? privateBytes(stats),
        rssBytes: residentBytes(stats),
        processCount: stats.length,
        threadCount: stats.reduce((sum, { threadCount }) => sum + threadCount, 0),
        runDelayMs: runDelay.readMs(stats.map(({ pid }) => pid)),
      };
    },
    async readAnonBytes() {
      return readGroupPrivateBytes(group) ?? privateBytes(readMembers(group));
    },
    async memoryDetail() {
      return readMemoryDetail(readMembers(group), readGroupExtras(group));
    },
  };
}

function memorySource({ memoryDir, memoryVersion }: ProcessGroup): string {
  if (memoryDir === null) return '/proc status RssAnon + RssShmem (smaps_rollup where forks share pages)';
  if (memoryVersion === 2) return 'cgroup v2 memory.stat anon + shmem, memory.swap.current';
  return 'cgroup v1 memory.stat total_rss + total_shmem + total_swap';
}

function readMembers(group: ProcessGroup): readonly ProcStat[] {
  return readGroupPids(group)
    .map(readStat)
    .filter((stat) => stat !== null);
}

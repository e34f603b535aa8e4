import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessGroup } from './cgroup.ts';

export interface GroupCpu {
  readonly userMs: number;
  readonly systemMs: number;
}

export function readGroupCpu({ unifiedDir }: ProcessGroup): GroupCpu {
  const value = keyedValues(readFileSync(join(unifiedDir, 'cpu.stat'), 'utf8'));
  return { userMs: value('user_usec') / 1e3, systemMs: value('system_usec') / 1e3 };
}

export function readGroupPids({ unifiedDir }: ProcessGroup): readonly number[] {
  const lines = readFileSync(join(unifiedDir, 'cgroup.procs'), 'utf8').split('\n');
  return [...new Set(lines.filter((line) => line !== '').map(Number))];
}

/**
 * Private memory by the group's own account, null where it keeps none: anon + shmem + swap. The kernel folds its per-CPU
 * counts in when 64 pages a CPU have changed, or after 2 s: exact to about 0.25 MiB a core.
 */
export function readGroupPrivateBytes(group: ProcessGroup): number | null {
  if (group.memoryDir === null) return null;
  const value = keyedValues(readFileSync(join(group.memoryDir, 'memory.stat'), 'utf8'));
  if (group.memoryVersion === 1) return value('total_rss') + value('total_shmem') + value('total_swap');
  return value('anon') + value('shmem') + (readNumber(join(group.memoryDir, 'memory.swap.current')) ?? 0);
}

/** The kernel's own counts beside the processes' pages, file pages in the peak. */
export function readGroupExtras(group: ProcessGroup): { kernelBytes: number | null; peakInclFileBytes: number | null } {
  const { memoryDir } = group;
  if (memoryDir === null) return { kernelBytes: null, peakInclFileBytes: null };
  if (group.memoryVersion === 1) {
    return {
      kernelBytes: readNumber(join(memoryDir, 'memory.kmem.usage_in_bytes')),
      peakInclFileBytes: readNumber(join(memoryDir, 'memory.max_usage_in_bytes')),
    };
  }
  const value = keyedValues(readFileSync(join(memoryDir, 'memory.stat'), 'utf8'));
  return { kernelBytes: value('kernel'), peakInclFileBytes: readNumber(join(memoryDir, 'memory.peak')) };
}

/** Lines `name number`; a line the kernel does not write counts nothing. */
function keyedValues(text: string): (name: string) => number {
  const values = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
  return (name) => Number(values.get(name) ?? 0);
}

function readNumber(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

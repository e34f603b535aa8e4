import { existsSync } from 'node:fs';
import { type ReadableGroup, readGroupFaults, readGroupPids } from './cgroup.ts';
import type { ProbeMethod } from './probe.ts';
import { countDescriptors, createFaultTotals, createSwitchTotals, readAllStats } from './proc-file.ts';
import { createProcessTree } from './process-tree.ts';

/** What the kernel has counted of a tree of processes so far; null where it does not tell. */
export interface EventCounts {
  readonly voluntarySwitchCount: number | null;
  readonly involuntarySwitchCount: number | null;
  readonly minorFaultCount: number | null;
  readonly majorFaultCount: number | null;
  /** Open now. */
  readonly descriptorCount: number | null;
}

export interface EventReader {
  /** Where the counts are from, and what they cannot see. */
  readonly source: string;
  /** Call it once a second: of a thread that has ended, only what was read before is known. */
  read(): EventCounts;
}

interface EventReaderOptions {
  readonly group: ReadableGroup | null;
  readonly rootPid: number;
  readonly force: ProbeMethod | null;
}

const unseen = 'without what a thread did after the last look, once a second, before it ended';

/** null where there is no /proc. */
export function openEventReader({ group, rootPid, force }: EventReaderOptions): EventReader | null {
  if (force === 'pidusage' || !existsSync('/proc/self/stat')) return null;
  const switches = createSwitchTotals();
  const faults = createFaultTotals();
  const counted = force === 'proc' ? null : group;
  const tree = createProcessTree(rootPid);
  const pidsNow = () => (counted === null ? tree.update(readAllStats()).map(({ pid }) => pid) : readGroupPids(counted));
  const isGroupsAccount = counted !== null && counted.memoryDir !== null;
  return {
    source: isGroupsAccount
      ? `/proc status of threads (switches, ${unseen}); cgroup memory.stat (faults, ended processes too)`
      : `/proc status of threads and stat of processes, ${unseen}`,
    read() {
      const pids = pidsNow();
      const [voluntary, involuntary] = switches.read(pids) ?? [];
      const [minor, major] = (counted === null ? null : readGroupFaults(counted)) ?? faults.read(pids) ?? [];
      return {
        voluntarySwitchCount: voluntary ?? null,
        involuntarySwitchCount: involuntary ?? null,
        minorFaultCount: minor ?? null,
        majorFaultCount: major ?? null,
        descriptorCount: countDescriptors(pids),
      };
    },
  };
}

/** What was counted between two looks; the descriptors are those of the later one. */
export function eventsBetween(opened: EventCounts, closed: EventCounts): EventCounts {
  const growth = (key: keyof EventCounts) => {
    const [before, after] = [opened[key], closed[key]];
    return before === null || after === null ? null : Math.max(0, after - before);
  };
  return {
    voluntarySwitchCount: growth('voluntarySwitchCount'),
    involuntarySwitchCount: growth('involuntarySwitchCount'),
    minorFaultCount: growth('minorFaultCount'),
    majorFaultCount: growth('majorFaultCount'),
    descriptorCount: closed.descriptorCount,
  };
}

import type { ProcStat } from './proc-file.ts';

interface TreeCpu {
  readonly userTicks: number;
  readonly systemTicks: number;
}

/** Follows one process and all it ever starts, from snapshots of the machine's processes. */
interface ProcessTree {
  /** Takes a snapshot; returns its living members. */
  update(all: readonly ProcStat[]): readonly ProcStat[];
  /** CPU of everything that has ever belonged to the tree, as of the last snapshot. */
  cpu(): TreeCpu;
}

/** Each process's time is cut down to whole ticks when it is added to its parent's: two fields, two ticks. */
const roundingTicks = 2;

/**
 * A process that was waited for lives on in the children's time of its parent; one that was not (its parent ignores
 * SIGCHLD, or was not of the tree) is remembered here with what it was last seen to have used.
 */
export function createProcessTree(rootPid: number): ProcessTree {
  let members = new Map<number, ProcStat>();
  let rootStartTicks: number | null = null;
  const remembered = { userTicks: 0, systemTicks: 0 };

  function remember(gone: readonly ProcStat[], current: ReadonlyMap<number, ProcStat>): void {
    for (const [heirPid, heirless] of Map.groupBy(gone, (stat) => survivingAncestor(stat, members, current))) {
      const userTicks = sum(heirless, ownAndChildUser);
      const systemTicks = sum(heirless, ownAndChildSystem);
      const inheritedTicks = heirPid === null ? 0 : childTicks(current.get(heirPid)) - childTicks(members.get(heirPid));
      const lostTicks = userTicks + systemTicks - inheritedTicks;
      if (lostTicks <= roundingTicks * heirless.length && heirPid !== null) continue;
      const lostRatio = lostTicks / (userTicks + systemTicks || 1);
      remembered.userTicks += userTicks * lostRatio;
      remembered.systemTicks += systemTicks * lostRatio;
    }
  }

  return {
    update(all) {
      rootStartTicks ??= all.find(({ pid }) => pid === rootPid)?.startTicks ?? null;
      const current = selectMembers(all, rootPid, rootStartTicks, members);
      remember(
        [...members.values()].filter((stat) => !isSame(stat, current.get(stat.pid))),
        current,
      );
      members = current;
      return [...current.values()];
    },
    cpu() {
      const living = [...members.values()];
      return {
        userTicks: remembered.userTicks + sum(living, ownAndChildUser),
        systemTicks: remembered.systemTicks + sum(living, ownAndChildSystem),
      };
    },
  };
}

/** Descendants of the root, of its process group or session, and of what belonged before (orphans change their parent). */
function selectMembers(
  all: readonly ProcStat[],
  rootPid: number,
  rootStartTicks: number | null,
  before: ReadonlyMap<number, ProcStat>,
): Map<number, ProcStat> {
  const children = Map.groupBy(all, ({ parentPid }) => parentPid);
  const waiting = all.filter(
    (stat) =>
      (stat.pid === rootPid && stat.startTicks === rootStartTicks) ||
      stat.groupId === rootPid ||
      stat.sessionId === rootPid ||
      isSame(stat, before.get(stat.pid)),
  );
  const found = new Map<number, ProcStat>();
  for (let stat = waiting.pop(); stat !== undefined; stat = waiting.pop()) {
    if (found.has(stat.pid)) continue;
    found.set(stat.pid, stat);
    waiting.push(...(children.get(stat.pid) ?? []));
  }
  return found;
}

/** The nearest ancestor that is still there to have waited for it; null: none of the tree. */
function survivingAncestor(
  stat: ProcStat,
  before: ReadonlyMap<number, ProcStat>,
  current: ReadonlyMap<number, ProcStat>,
): number | null {
  let parent = before.get(stat.parentPid);
  while (parent !== undefined && !isSame(parent, current.get(parent.pid))) parent = before.get(parent.parentPid);
  return parent?.pid ?? null;
}

function isSame(one: ProcStat, other: ProcStat | undefined): boolean {
  return other !== undefined && one.pid === other.pid && one.startTicks === other.startTicks;
}

function ownAndChildUser(stat: ProcStat): number {
  return stat.userTicks + stat.childUserTicks;
}

function ownAndChildSystem(stat: ProcStat): number {
  return stat.systemTicks + stat.childSystemTicks;
}

function childTicks(stat: ProcStat | undefined): number {
  return stat === undefined ? 0 : stat.childUserTicks + stat.childSystemTicks;
}

function sum(stats: readonly ProcStat[], ticksOf: (stat: ProcStat) => number): number {
  return stats.reduce((total, stat) => total + ticksOf(stat), 0);
}

import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where this machine's control groups are mounted; null: not mounted. */
interface CgroupMounts {
  readonly unified: string | null;
  /** The v1 hierarchies, which exist beside or instead of the unified one. */
  readonly memoryV1: string | null;
  readonly cpuV1: string | null;
  readonly cpuacctV1: string | null;
}

/** Directories in which we may make groups. */
export interface CgroupLayout {
  /** v2: one tree does all; hybrid: CPU and kill from the unified tree, memory and limits from v1 beside it. */
  readonly kind: 'v2' | 'hybrid';
  readonly unifiedDir: string;
  readonly memoryV1Dir: string | null;
  readonly cpuV1Dir: string | null;
}

/** The lines of /proc/self/mountinfo: … mount point (5th) … - type source super-options. */
export function parseMounts(mountInfo: string): CgroupMounts {
  const mounts = mountInfo.split('\n').map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , options = ''] = after.split(' ');
    return { point: before.split(' ')[4] ?? null, type, options: options.split(',') };
  });
  const v1 = (controller: string) =>
    mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller))?.point ?? null;
  return {
    unified: mounts.find(({ type }) => type === 'cgroup2')?.point ?? null,
    memoryV1: v1('memory'),
    cpuV1: v1('cpu'),
    cpuacctV1: v1('cpuacct'),
  };
}

/** This process's path in each hierarchy, from /proc/self/cgroup; '' is the unified one. */
export function parseOwnGroups(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.flatMap((line) => {
      const [, controllers = '', ...path] = line.split(':');
      return controllers.split(',').map((controller) => [controller, path.join(':')] as const);
    }),
  );
}

export function readMounts(): CgroupMounts {
  try {
    return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return { unified: null, memoryV1: null, cpuV1: null, cpuacctV1: null };
  }
}

/** null: no unified tree, or none of it is ours to change (a container's read-only mount, an undelegated session). */
export function findCgroupLayout(): CgroupLayout | null {
  const mounts = readMounts();
  if (mounts.unified === null) return null;
  const own = parseOwnGroups(readFileSync('/proc/self/cgroup', 'utf8'));
  const unifiedDir = chooseUnified(mounts.unified, own.get('') ?? '/', mounts.memoryV1 === null);
  if (unifiedDir === null) return null;
  return {
    kind: mounts.memoryV1 === null ? 'v2' : 'hybrid',
    unifiedDir,
    memoryV1Dir: usableV1(mounts.memoryV1, own.get('memory')),
    cpuV1Dir: usableV1(mounts.cpuV1, own.get('cpu')),
  };
}

/**
 * Beside our own group (so that a session's limits still hold), at the root, or below ourselves: the first where a new group
 * has memory accounting, else the first where one can be made.
 */
function chooseUnified(mount: string, ownPath: string, wantsMemory: boolean): string | null {
  const own = join(mount, ownPath);
  const candidates = [ownPath === '/' ? own : dirname(own), mount, own].filter(canMoveWithin);
  const trials = candidates.map((parent) => ({ parent, outcome: tryGroup(parent, wantsMemory) }));
  const best =
    trials.find(({ outcome }) => outcome === 'with-memory') ?? trials.find(({ outcome }) => outcome === 'made');
  return best?.parent ?? null;
}

/** v1 groups are made below our own, whose memory limit then still holds. */
function usableV1(mount: string | null, ownPath: string | undefined): string | null {
  if (mount === null || ownPath === undefined) return null;
  const parent = existsSync(join(mount, ownPath)) ? join(mount, ownPath) : mount;
  return canMoveWithin(parent) && tryGroup(parent, false) !== 'refused' ? parent : null;
}

/** Moving a process needs the right to write the common ancestor's list of processes. */
function canMoveWithin(parent: string): boolean {
  try {
    accessSync(join(parent, 'cgroup.procs'), constants.W_OK);
    return !parent.includes('..');
  } catch {
    return false;
  }
}

function tryGroup(parent: string, wantsMemory: boolean): 'with-memory' | 'made' | 'refused' {
  const directory = join(parent, `paceline-${process.pid}-0`);
  try {
    if (wantsMemory) enableControllers(parent);
    mkdirSync(directory);
    const outcome = existsSync(join(directory, 'memory.stat')) ? 'with-memory' : 'made';
    rmdirSync(directory);
    return outcome;
  } catch {
    return 'refused';
  }
}

/** Refused where processes live beside the new groups (only the root may have both): then there is no accounting. */
function enableControllers(parent: string): void {
  for (const controller of ['memory', 'cpu']) {
    try {
      writeFileSync(join(parent, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // What the group then lacks is seen by its missing files.
    }
  }
}

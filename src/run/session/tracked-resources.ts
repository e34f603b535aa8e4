import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { HarnessError } from '../../model/harness-error.ts';
import { identityOf } from '../../os/process-identity.ts';
import { createGroup, type ProcessGroup } from '../../probe/cgroup.ts';
import type { CgroupLayout } from '../../probe/cgroup-layout.ts';
import type { CleanupRegistry } from './cleanup-registry.ts';

/** A control group that is in the cleanup registry while it stands; null groups are those of machines without any. */
export interface TrackedGroup {
  readonly group: ProcessGroup | null;
  /** Kills what is in it and removes it. */
  dispose(): Promise<void>;
}

export const noGroup: TrackedGroup = { group: null, dispose: async () => {} };

export async function openTrackedGroup(layout: CgroupLayout | null, registry: CleanupRegistry): Promise<TrackedGroup> {
  if (layout === null) return noGroup;
  const group = createGroup(layout);
  const release = await trackGroup(group, registry);
  return {
    group,
    async dispose() {
      await group.kill();
      await group.remove();
      release();
    },
  };
}

/** A group that cannot be recorded must not stand. */
async function trackGroup(group: ProcessGroup, registry: CleanupRegistry): Promise<() => void> {
  try {
    return registry.add({ kind: 'cgroup', record: group.record });
  } catch (error) {
    await group.remove();
    throw error;
  }
}

/** Records a process group that was started; the result removes the record. */
export function trackProcessGroup(registry: CleanupRegistry, pid: number): () => void {
  return registry.add({ kind: 'process-group', ...identityOf(pid) });
}

/** Records files that are about to be written again and again; the result removes the records. */
export function trackOutputs(registry: CleanupRegistry, paths: readonly string[]): () => void {
  const releases = paths.map((path) => registry.add({ kind: 'output', path: resolve(path) }));
  return () => {
    for (const release of releases) release();
  };
}

/** A folder that is in the cleanup registry while it stands. */
export interface DataFolder {
  readonly path: string;
  dispose(): Promise<void>;
}

const prefix = 'paceline-data-';

/** Makes an empty folder for what one target writes. Throws HarnessError disk-full or cannot-measure. */
export async function makeDataFolder(registry: CleanupRegistry): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix)).catch((error: NodeJS.ErrnoException) => {
    const code = error.code === 'ENOSPC' ? 'disk-full' : 'cannot-measure';
    const remedy = 'make room there or the folder writable, or choose another place with TMPDIR';
    throw new HarnessError(code, `cannot make a folder in ${tmpdir()} (${error.code})`, remedy, { cause: error });
  });
  let release = () => {};
  const dispose = async () => {
    await removeDataFolder(path);
    release();
  };
  try {
    release = registry.add({ kind: 'folder', path });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { path, dispose };
}

/** Removes the files of a revision that was laid out; of a folder that is none of ours, nothing. */
export async function removeCheckout(path: string): Promise<void> {
  if (basename(dirname(path)) !== 'worktrees') return;
  // A link, and npm's folder behind it, must not be followed.
  await rm(join(path, 'node_modules'), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes a folder of ours and nothing else: a torn or forged record must not name another. */
export async function removeDataFolder(path: string): Promise<void> {
  if (!basename(path).startsWith(prefix)) return;
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../model/harness-error.ts';
import { holdLock, lockState } from '../../os/held-lock.ts';
import { identityOf, isAlive, type ProcessSpace, processSpace } from '../../os/process-identity.ts';
import { replaceFileSync } from '../../os/replace-file.ts';

/** One thing outside this process that must not outlive it. Process ids are believed only with their start time. */
const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('worktree'), repository: z.string(), path: z.string() }),
  z.strictObject({ kind: z.literal('process-group'), pid: z.int(), startTicks: z.int().nullable() }),
  z.strictObject({
    kind: z.literal('database'),
    pid: z.int(),
    startTicks: z.int().nullable(),
    dataDir: z.string(),
  }),
  z.strictObject({ kind: z.literal('cgroup'), record: z.string() }),
  z.strictObject({ kind: z.literal('folder'), path: z.string() }),
  /** A file that is written again and again: what a kill leaves half written beside it. */
  z.strictObject({ kind: z.literal('output'), path: z.string() }),
]);
const recordSchema = z.strictObject({
  pid: z.int(),
  startTicks: z.int().nullable(),
  /** Where that pid is known. Records of before have none: nobody can tell whose they are. */
  space: z
    .strictObject({
      bootId: z.string().nullable(),
      pidNamespace: z.string().nullable(),
      hostId: z.string().nullable(),
    })
    .nullable()
    .default(null),
  entries: z.array(entrySchema),
});

export type CleanupEntry = z.infer<typeof entrySchema>;
type RegistryRecord = z.infer<typeof recordSchema>;

/** What this run has started, on disk before it matters: after a SIGKILL the next run finds it and cleans it up. */
export interface CleanupRegistry {
  /** Records an entry; the result removes the record. */
  add(entry: CleanupEntry): () => void;
  /** What stands now. */
  entries(): readonly CleanupEntry[];
  close(): void;
}

/** Throws HarnessError cannot-measure where the folder cannot be made. */
export async function openCleanupRegistry(cacheDir: string): Promise<CleanupRegistry> {
  const folder = registryFolder(cacheDir);
  makeFolder(folder);
  // A pid alone would be the name of another container's record too.
  const path = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}.json`);
  const lock = await holdLock(lockPath(path));
  const owner = { ...identityOf(process.pid), space: processSpace() };
  let entries: readonly CleanupEntry[] = [];
  const write = (next: readonly CleanupEntry[]) => replaceFileSync(path, JSON.stringify({ ...owner, entries: next }));
  // Empty too: whoever asks how many runs use this folder sees this one from its first moment.
  write(entries);
  return {
    add(entry) {
      const grown = [...entries, entry];
      write(grown);
      entries = grown;
      return () => {
        entries = entries.filter((other) => other !== entry);
        releaseEntry(() => write(entries));
      };
    },
    entries: () => entries,
    close() {
      if (entries.length === 0) rmSync(path, { force: true });
      lock?.release();
    },
  };
}

function lockPath(recordPath: string): string {
  return recordPath.replace(/\.json$/, '.lock');
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new HarnessError(
      'cannot-measure',
      `cannot make ${folder} (${(error as NodeJS.ErrnoException).code})`,
      'make its parent writable, or choose another place with PACELINE_CACHE_DIR',
      { cause: error },
    );
  }
}

/** On a full disk the entry stays, which is safe: what it names is looked at again before anything is removed. */
function releaseEntry(write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export type RemoveEntry = (entry: CleanupEntry) => Promise<void>;

/**
 * Cleans up what runs that are dead by now have left. Returns how many entries were found. Of a run in another container, or on
 * another machine that shares the folder, nobody can tell from here: what it has recorded stays.
 */
export async function cleanUpOrphans(cacheDir: string, remove: RemoveEntry): Promise<number> {
  let count = 0;
  await removeUnfinishedRecords(cacheDir);
  for (const path of registryFiles(cacheDir)) {
    const record = readRecord(path);
    const owner = await ownerState(record, path);
    if (owner === 'alive' || owner === 'unknown') continue;
    const left = (record?.entries ?? []).filter((entry) => owner === 'dead' || !isGoneByReboot(entry));
    for (const entry of left.toReversed()) {
      await remove(entry);
      count += 1;
    }
    for (const file of [path, lockPath(path)]) rmSync(file, { force: true });
  }
  await removeLoneLocks(cacheDir);
  return count;
}

/** Of runs killed before their record was written. */
async function removeLoneLocks(cacheDir: string): Promise<void> {
  const records = registryFiles(cacheDir).map(lockPath);
  const lone = filesOf(cacheDir, '.lock').filter((path) => !records.includes(path));
  for (const path of lone) if ((await lockState(path)) === 'free') rmSync(path, { force: true });
}

/** Of runs killed while they wrote their record. */
async function removeUnfinishedRecords(cacheDir: string): Promise<void> {
  for (const path of filesOf(cacheDir, '.part')) {
    const record = path.replace(/\.[0-9a-f]+\.part$/, '');
    if ((await lockState(lockPath(record))) === 'free') rmSync(path, { force: true });
  }
}

/** How many commands use the folder now, or may: of one on another machine nobody can tell. */
export async function runningCount(cacheDir: string): Promise<number> {
  const states = registryFiles(cacheDir).map((path) => ownerState(readRecord(path), path));
  return (await Promise.all(states)).filter((state) => state === 'alive' || state === 'unknown').length;
}

type OwnerState = 'alive' | 'dead' | 'rebooted' | 'unknown';

/** By the lock that it held, and by its pid where that is known here. */
async function ownerState(record: RegistryRecord | null, path: string): Promise<OwnerState> {
  const lock = await lockState(lockPath(path));
  if (lock === 'held') return 'alive';
  if (record === null) return 'dead';
  const here = processSpace();
  if (record.space === null || lock === 'unknown') return 'unknown';
  if (record.space.bootId !== here.bootId) return isSameHost(record.space, here) ? 'rebooted' : 'unknown';
  if (record.space.pidNamespace !== here.pidNamespace) return 'unknown';
  return isAlive(record) ? 'alive' : 'dead';
}

function isSameHost(a: ProcessSpace, b: ProcessSpace): boolean {
  return a.hostId !== null && a.hostId === b.hostId;
}

/** A name that may be another process's or group's by now. */
function isGoneByReboot({ kind }: CleanupEntry): boolean {
  return kind === 'process-group' || kind === 'database' || kind === 'cgroup';
}

function registryFolder(cacheDir: string): string {
  return join(cacheDir, 'runs');
}

function registryFiles(cacheDir: string): string[] {
  return filesOf(cacheDir, '.json');
}

function filesOf(cacheDir: string, ending: string): string[] {
  const folder = registryFolder(cacheDir);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** null for a record that a dying machine left torn: nothing in it can be trusted. */
function readRecord(path: string): RegistryRecord | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

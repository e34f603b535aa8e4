import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../model/harness-error.ts';
import { identityOf, isAlive } from '../../os/process-identity.ts';
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
]);
const recordSchema = z.strictObject({ pid: z.int(), startTicks: z.int().nullable(), entries: z.array(entrySchema) });

export type CleanupEntry = z.infer<typeof entrySchema>;
type RegistryRecord = z.infer<typeof recordSchema>;

/** What this run has started, on disk before it matters: after a SIGKILL the next run finds it and cleans it up. */
export interface CleanupRegistry {
  /** Records an entry; the result removes the record. */
  add(entry: CleanupEntry): () => void;
  close(): void;
}

/** Throws HarnessError cannot-measure where the folder cannot be made. */
export function openCleanupRegistry(cacheDir: string): CleanupRegistry {
  const folder = registryFolder(cacheDir);
  makeFolder(folder);
  const path = join(folder, `${process.pid}.json`);
  const owner = identityOf(process.pid);
  let entries: readonly CleanupEntry[] = [];
  const write = (next: readonly CleanupEntry[]) => replaceFileSync(path, JSON.stringify({ ...owner, entries: next }));
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
    close() {
      if (entries.length === 0) rmSync(path, { force: true });
    },
  };
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

/** Cleans up what runs that are dead by now have left. Returns how many entries were found. */
export async function cleanUpOrphans(cacheDir: string, remove: RemoveEntry): Promise<number> {
  let count = 0;
  for (const path of registryFiles(cacheDir)) {
    const record = readRecord(path);
    if (record !== null && isAlive(record)) continue;
    for (const entry of (record?.entries ?? []).toReversed()) {
      await remove(entry);
      count += 1;
    }
    rmSync(path, { force: true });
  }
  return count;
}

function registryFolder(cacheDir: string): string {
  return join(cacheDir, 'runs');
}

function registryFiles(cacheDir: string): string[] {
  const folder = registryFolder(cacheDir);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
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

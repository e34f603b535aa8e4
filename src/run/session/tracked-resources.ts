import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { HarnessError } from '../../model/harness-error.ts';
import type { CleanupRegistry } from './cleanup-registry.ts';

/** A folder that is in the ledger while it stands. */
export interface DataFolder {
  readonly path: string;
  dispose(): Promise<void>;
}

const prefix = 'paceline-data-';

/** Makes an empty folder for what one target writes. Throws HarnessError disk-full or cannot-measure. */
export async function makeDataFolder(ledger: CleanupRegistry): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix)).catch((error: NodeJS.ErrnoException) => {
    const code = error.code === 'ENOSPC' ? 'disk-full' : 'cannot-measure';
    const remedy = 'make room there or the folder writable, or choose another place with TMPDIR';
    throw new HarnessError(code, `cannot make a folder in ${tmpdir()} (${error.code})`, remedy, { cause: error });
  });
  let strike = () => {};
  const dispose = async () => {
    await removeDataFolder(path);
    strike();
  };
  try {
    strike = ledger.add({ kind: 'folder', path });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { path, dispose };
}

/** Removes a folder of ours and nothing else: a torn or forged record must not name another. */
export async function removeDataFolder(path: string): Promise<void> {
  if (!basename(path).startsWith(prefix)) return;
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

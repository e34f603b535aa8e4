import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { withoutSecrets } from '../os/secrets.ts';

/**
 * Writes a file whole, without secrets: to a new one beside it, synced, then renamed over, so that a reader or a crash never sees half.
 * Throws HarnessError disk-full when there is no room; the former file then still stands.
 */
export async function writeFileAtomically(path: string, text: string | Uint8Array): Promise<void> {
  const written = typeof text === 'string' ? withoutSecrets(text) : text;
  const fresh = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeSynced(fresh, written);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw asHarnessError(error, path);
  }
}

/** Removes what a kill in the midst of writing a file has left beside it. */
export async function removeUnfinished(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  const isUnfinished = (name: string) =>
    name.startsWith(`${basename(path)}.`) && /^[0-9a-f]{8}\.part$/.test(name.slice(basename(path).length + 1));
  for (const name of names.filter(isUnfinished)) await rm(join(dirname(path), name), { force: true });
}

async function writeSynced(path: string, text: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function asHarnessError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HarnessError(
      'disk-full',
      `no room left to write ${path}`,
      'free some space, then repeat it; a run that was under way keeps the trials before this one in its file',
      { cause: error },
    );
  }
  if (code !== undefined) {
    return new HarnessError(
      'cannot-measure',
      `cannot write ${path} (${code})`,
      'choose another place with --out FILE',
      { cause: error },
    );
  }
  return error;
}

/** Before anything is measured: each of these files can be written. Throws HarnessError that names file and flag. */
export async function assertOutputsWritable(places: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [flag, path] of Object.entries(places)) if (path !== undefined) await assertFileWritable(path, flag);
}

/** Tried with a file that is gone again: nothing is left and no folder made. Throws HarnessError that names the flag. */
async function assertFileWritable(path: string, flag: string): Promise<void> {
  if (path === '') throw new HarnessError('usage', `${flag} is empty`, `name a file: ${flag} FILE`);
  const found = await pathKind(path);
  if (found === 'folder') throw cannotWrite(path, 'it is a folder', flag);
  // Written beside and renamed over: a device or a pipe would be replaced.
  if (found === 'other') throw cannotWrite(path, 'it is not a regular file', flag);
  await assertFolderAccepts(dirname(resolve(path)), path, flag);
}

/** For a page made from a file that is there already: a folder that is missing is a typing error. */
export async function assertParentFolderExists(path: string, flag: string): Promise<void> {
  const folder = dirname(resolve(path));
  if ((await pathKind(folder)) === 'none') throw cannotWrite(path, `there is no folder ${folder}`, flag);
}

/** The same of a folder that is to hold files. */
export async function assertFolderWritable(path: string, flag: string): Promise<void> {
  if (path === '') throw new HarnessError('usage', `${flag} is empty`, `name a folder: ${flag} DIR`);
  await assertFolderAccepts(resolve(path), path, flag);
}

/** In the folder itself, else in the nearest above it that there is. */
async function assertFolderAccepts(folder: string, path: string, flag: string): Promise<void> {
  const kind = await pathKind(folder);
  if (kind === 'none' && dirname(folder) !== folder) return assertFolderAccepts(dirname(folder), path, flag);
  if (kind !== 'folder') throw cannotWrite(path, `${folder} is not a folder`, flag);
  const trial = join(folder, `.paceline-${randomBytes(4).toString('hex')}`);
  try {
    await (await open(trial, 'wx')).close();
  } catch (error) {
    throw cannotWrite(path, `${(error as NodeJS.ErrnoException).code} in ${folder}`, flag);
  } finally {
    await rm(trial, { force: true }).catch(() => {});
  }
}

type Kind = 'none' | 'file' | 'folder' | 'other';

async function pathKind(path: string): Promise<Kind> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 'none';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : 'other';
}

function cannotWrite(path: string, reason: string, flag: string): HarnessError {
  return new HarnessError('cannot-measure', `cannot write ${path}: ${reason}`, `choose another place with ${flag}`);
}

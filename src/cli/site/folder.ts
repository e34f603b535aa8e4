import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../model/harness-error.ts';
import { writeFileAtomically } from '../../store/write-file.ts';

/** Marks a folder as a site of paceline, and says of each file what it was made from. */
const markerName = '.paceline-site.json';

const markerSchema = z.strictObject({
  format: z.literal('paceline-site-1'),
  /** By the file's path below the folder. */
  files: z.record(z.string(), z.string()),
});

export interface SiteFolder {
  /** Writes the file unless it was made from the same; `key` says from what. Whether it was written. */
  put(path: string, key: string, make: () => string | Promise<string>): Promise<boolean>;
  /** Removes what this site no longer has, and only what it once wrote. Returns how many files. */
  finish(): Promise<number>;
}

/** Git's own files lie in a branch that is published, and belong to no one else. */
const ignoredNames: ReadonlySet<string> = new Set(['.git', markerName]);

/** Throws HarnessError usage where the folder holds what is not a site's. */
export async function openSiteFolder(dir: string): Promise<SiteFolder> {
  const before = await readMarker(dir);
  await mkdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw notAFolder(dir, error.code ?? error.message);
  });
  const files: Record<string, string> = {};
  const present = new Set(await readdir(dir, { recursive: true }));
  const mark = (all: Readonly<Record<string, string>>) =>
    writeFileAtomically(
      join(dir, markerName),
      `${JSON.stringify({ format: 'paceline-site-1', files: all }, null, 1)}\n`,
    );
  // First of all: a site that was cut off half way is still one.
  if (!present.has(markerName)) await mark(before);
  return {
    async put(path, key, make) {
      files[path] = key;
      if (before[path] === key && present.has(path)) return false;
      await writeFileAtomically(join(dir, path), await make());
      return true;
    },
    async finish() {
      const stale = Object.keys(before).filter((path) => files[path] === undefined && isInside(path));
      for (const path of stale) {
        await rm(join(dir, path), { force: true });
        if (dirname(path) !== '.') await rmdir(join(dir, dirname(path))).catch(() => {});
      }
      if (stale.length > 0 || JSON.stringify(sorted(before)) !== JSON.stringify(sorted(files)))
        await mark(sorted(files));
      return stale.length;
    },
  };
}

function sorted(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Somebody may have edited the marker. */
function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

/** What each file of the site was made from; none for a folder that is new or empty. */
async function readMarker(dir: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    throw notAFolder(dir, error.code ?? error.message);
  });
  if (names.includes(markerName)) {
    const text = await readFile(join(dir, markerName), 'utf8');
    const parsed = markerSchema.safeParse(jsonOrNull(text));
    if (parsed.success) return parsed.data.files;
    throw foreign(dir, `its ${markerName} cannot be read`);
  }
  const [other] = names.filter((name) => !ignoredNames.has(name));
  if (other !== undefined) throw foreign(dir, `it holds ${other} and no ${markerName}`);
  return {};
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function foreign(dir: string, reason: string): HarnessError {
  return new HarnessError(
    'usage',
    `${dir} is no site of paceline: ${reason}`,
    'name a folder that is empty or not there yet, or one that --site made',
  );
}

function notAFolder(dir: string, code: string): HarnessError {
  return new HarnessError('usage', `cannot use ${dir} as a site (${code})`, 'name another folder: --site DIR');
}

import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { git } from '../os/git.ts';
import type { Project } from '../run/project.ts';

/** A repository of git's, and where in it the checkout may lie that is measured. */
export interface Repository {
  /** The top of the working tree, or the bare repository itself. */
  readonly dir: string;
  readonly gitDir: string;
  readonly isBare: boolean;
  /** Folders that may hold impls/, relative to the top ('' is the top), nearest first. */
  readonly places: readonly string[];
}

/**
 * The repository that a folder lies in; null: the one of the project, which may lie below its top. Throws HarnessError
 * usage outside of one.
 */
export async function openRepository(
  folder: string | null,
  { rootDir }: Pick<Project, 'rootDir'>,
): Promise<Repository> {
  const asked = folder ?? rootDir;
  // One a call: a path may hold a line's end.
  const ask = (what: string) => git(asked, ['rev-parse', what]);
  const isBare = (await ask('--is-bare-repository')).stdout === 'true';
  const gitDir = (await ask('--absolute-git-dir')).stdout;
  if (isBare) return { dir: gitDir, gitDir, isBare: true, places: [''] };
  const { failed, stdout: dir, stderr } = await ask('--show-toplevel');
  if (failed) throw noRepository(asked, stderr);
  const prefix = (await ask('--show-prefix')).stdout;
  const own = normalize(prefix === '' ? '.' : prefix).replace(/\/$/, '');
  return { dir, gitDir, isBare: false, places: folder === null ? [asPlace(own)] : ancestors(asPlace(own)) };
}

function noRepository(folder: string, stderr: string): HarnessError {
  const why = existsSync(folder) ? stderr.trim().split('\n')[0] : 'there is no such folder';
  return new HarnessError(
    'usage',
    `${folder} is no git working tree: ${why}`,
    'name one with --repo DIR, or see `git config safe.directory`',
  );
}

function asPlace(path: string): string {
  return path === '.' ? '' : path;
}

/** The folder itself and all above it, up to the top. */
function ancestors(place: string): string[] {
  return place === '' ? [''] : [place, ...ancestors(asPlace(dirname(place)))];
}

/**
 * Folders of a place that are looked through for implementations, relative to the top: the project's and those that were named. Throws
 * HarnessError usage for one outside of the repository, which would be the same for both commits.
 */
export function implementationFolders(
  { dir, isBare }: Repository,
  place: string,
  { implementationFolders: own }: Pick<Project, 'implementationFolders'>,
  named: readonly string[],
): readonly string[] {
  const folders = named.map((folder) => {
    const path = isAbsolute(folder) && !isBare ? relative(dir, folder) : normalize(join(place, folder));
    if (!isAbsolute(folder) && !leavesTop(path)) return path;
    if (isAbsolute(folder) && !isBare && !leavesTop(path)) return path;
    throw new HarnessError(
      'usage',
      `--impls ${folder} lies outside of ${dir}: no commit holds it`,
      'name a folder of the repository, relative to its checkout',
    );
  });
  return [
    ...new Set([...own.map((folder) => join(place, folder)), ...folders].map((folder) => folder.replace(/\/$/, ''))),
  ];
}

function leavesTop(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

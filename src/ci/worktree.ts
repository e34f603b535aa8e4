import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { cp, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { changedPaths } from '../os/git.ts';
import type { Session } from '../run/session/session.ts';
import { removeCheckout } from '../run/session/tracked-resources.ts';
import { BuildFailure } from '../target/build.ts';
import { buildEnvironment } from '../target/build-environment.ts';
import { layOut } from './lay-out.ts';
import type { Repository } from './repository.ts';
import type { Revision, SideName } from './revision.ts';

/** A revision laid out in a folder of its own. */
export interface Worktree {
  readonly dir: string;
  /** What the package-lock.json of a place asks for: needed to build and to start, not to be read. */
  install(place: string): Promise<void>;
  dispose(): Promise<void>;
}

interface WorktreeOptions {
  readonly repository: Repository;
  readonly side: SideName;
  readonly revision: Revision;
}

export interface WorktreeContext extends Pick<Session, 'cacheDir' | 'cleanupRegistry' | 'signal'> {
  onStep(text: string): void;
}

/** Made in the cache folder; both sides' paths have the same length, because a path's length moves stacks and numbers. */
export async function openWorktree(options: WorktreeOptions, context: WorktreeContext): Promise<Worktree> {
  const { repository, side, revision } = options;
  // Not by pid: another container may have the same.
  const dir = join(context.cacheDir, 'worktrees', `${randomBytes(4).toString('hex')}-${side}`);
  const release = context.cleanupRegistry.add({ kind: 'worktree', repository: repository.dir, path: dir });
  const dispose = async () => {
    await removeCheckout(dir);
    release();
  };
  try {
    await layOut({ name: side, gitDir: repository.gitDir, sha: revision.sha, dir });
    if (revision.dirty) await copyUncommitted(repository.dir, dir);
    return { dir, install: (place) => install(dir, place, options, context), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Every file that is not ignored as it is now; what is deleted is deleted. */
async function copyUncommitted(repository: string, dir: string): Promise<void> {
  for (const path of await changedPaths(repository)) {
    await rm(join(dir, path), { recursive: true, force: true });
    const from = join(repository, path);
    if (kindOf(from) === 'none') continue;
    await cp(from, join(dir, path), {
      recursive: true,
      verbatimSymlinks: true,
      // A socket or a pipe is no source, and cannot be copied; a nested repository brings its files alone.
      filter: (source) => kindOf(source) === 'file' && basename(source) !== '.git',
    });
  }
}

function kindOf(path: string): 'none' | 'file' | 'other' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  return found.isFile() || found.isDirectory() || found.isSymbolicLink() ? 'file' : 'other';
}

/** What the nearest package-lock.json asks for: the user's own node_modules where the lock is the same, else npm's cache. */
async function install(
  dir: string,
  place: string,
  { repository, side }: WorktreeOptions,
  { signal, onStep }: WorktreeContext,
): Promise<void> {
  const folder = nearestLock(dir, place);
  if (folder === null) return;
  const lock = await textOf(join(dir, folder, 'package-lock.json'));
  const installed = join(repository.dir, folder, 'node_modules');
  const isSame = lock === (await textOf(join(repository.dir, folder, 'package-lock.json')));
  if (existsSync(join(dir, folder, 'node_modules'))) return;
  if (isSame && existsSync(installed)) {
    await symlink(installed, join(dir, folder, 'node_modules'));
    return;
  }
  const why = isSame ? `${join(repository.dir, folder)} has no node_modules` : 'its package-lock.json differs';
  onStep(`${side}: npm ci (${why})`);
  await installFromLock(join(dir, folder), side, signal);
}

function nearestLock(dir: string, place: string): string | null {
  if (existsSync(join(dir, place, 'package-lock.json'))) return place;
  return place === '' ? null : nearestLock(dir, dirname(place) === '.' ? '' : dirname(place));
}

async function installFromLock(folder: string, side: SideName, signal: AbortSignal): Promise<void> {
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  const { failed, all, shortMessage } = await execa('npm', args, {
    // npm would leave a compile cache in the folder for temporary files.
    env: { ...buildEnvironment(process.env, ['npm', 'node']).env, NODE_DISABLE_COMPILE_CACHE: '1' },
    extendEnv: false,
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    cancelSignal: signal,
    forceKillAfterDelay: 1_000,
  });
  signal.throwIfAborted();
  if (failed) throw new BuildFailure(`${side}: \`npm ci\` failed (${shortMessage})`, `run it by hand there`, all ?? '');
}

function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

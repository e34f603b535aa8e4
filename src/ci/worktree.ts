import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';
import { git, removeWorktree } from '../os/git.ts';
import type { Session } from '../run/session/session.ts';
import { BuildFailure } from '../target/build.ts';
import type { Revision, SideName } from './revision.ts';

/** A revision laid out in a folder of its own. */
export interface Worktree {
  readonly dir: string;
  /** What its package-lock.json asks for: needed to build and to start, not to be looked at. */
  install(): Promise<void>;
  dispose(): Promise<void>;
}

export interface WorktreeOptions {
  readonly repository: string;
  readonly side: SideName;
  readonly revision: Revision;
}

export interface WorktreeContext extends Pick<Session, 'cacheDir' | 'cleanupRegistry' | 'signal'> {
  onStep(text: string): void;
}

/** Made in the cache folder; both sides' paths have the same length, because a path's length moves stacks and numbers. */
export async function openWorktree(options: WorktreeOptions, context: WorktreeContext): Promise<Worktree> {
  const { repository, side } = options;
  const dir = join(context.cacheDir, 'worktrees', `${process.pid}-${side}`);
  const release = context.cleanupRegistry.add({ kind: 'worktree', repository, path: dir });
  const dispose = async () => {
    await removeWorktree(repository, dir);
    release();
  };
  try {
    await checkOut(dir, options);
    return { dir, install: () => install(dir, options, context), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function checkOut(dir: string, { repository, revision, side }: WorktreeOptions): Promise<void> {
  await removeWorktree(repository, dir);
  await mkdir(dirname(dir), { recursive: true });
  const { failed, stderr } = await git(repository, ['worktree', 'add', '--quiet', '--detach', dir, revision.sha]);
  if (failed) {
    throw new HarnessError(
      'cannot-measure',
      `git could not lay out ${side} (${revision.sha.slice(0, 10)}): ${stderr.trim()}`,
      'repair the repository; `git fsck` shows what is wrong with it',
    );
  }
  await checkOutSubmodules(dir, side);
  if (revision.dirty) await copyUncommitted(repository, dir);
}

async function checkOutSubmodules(dir: string, side: SideName): Promise<void> {
  if (!existsSync(join(dir, '.gitmodules'))) return;
  const { failed, stderr } = await git(dir, ['submodule', 'update', '--init', '--recursive', '--quiet']);
  if (!failed) return;
  throw new HarnessError(
    'cannot-measure',
    `git could not lay out the submodules of ${side}: ${stderr.trim()}`,
    'fetch them first: `git submodule update --init --recursive`',
  );
}

/** Every file that is not ignored as it is now; what is deleted is deleted. */
async function copyUncommitted(repository: string, dir: string): Promise<void> {
  const { stdout } = await git(repository, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all']);
  for (const line of stdout.split('\0').filter((one) => one !== '')) {
    const path = line.slice(3);
    await rm(join(dir, path), { recursive: true, force: true });
    if (existsSync(join(repository, path))) {
      await cp(join(repository, path), join(dir, path), { recursive: true, verbatimSymlinks: true });
    }
  }
}

/** What package-lock.json asks for: the repository's own node_modules where the lock is the same, else npm's cache. */
async function install(
  dir: string,
  { repository, side }: WorktreeOptions,
  { signal, onStep }: WorktreeContext,
): Promise<void> {
  const lock = await textOf(join(dir, 'package-lock.json'));
  if (lock === null) return;
  const installed = join(repository, 'node_modules');
  const isSame = lock === (await textOf(join(repository, 'package-lock.json')));
  if (isSame && existsSync(installed)) {
    await symlink(installed, join(dir, 'node_modules'));
    return;
  }
  const why = isSame ? `${repository} has no node_modules` : 'its package-lock.json differs';
  onStep(`${side}: npm ci (${why})`);
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
  const { failed, all, shortMessage } = await execa('npm', args, {
    // npm would leave a compile cache in the folder for temporary files.
    env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    cwd: dir,
    reject: false,
    all: true,
    stdin: 'ignore',
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (failed) throw new BuildFailure(`${side}: \`npm ci\` failed (${shortMessage})`, `run it by hand there`, all ?? '');
}

function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

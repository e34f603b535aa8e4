import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { type LocatedImplementation, scanImplementations } from '../target/manifest.ts';
import type { Revision, SideName, Sides } from './revision.ts';
import { openWorktree, type Worktree, type WorktreeContext } from './worktree.ts';

/** One side laid out in a folder of its own, with the implementations that lie there. */
export interface Checkout {
  readonly side: SideName;
  readonly rootDir: string;
  readonly located: readonly LocatedImplementation[];
  /** What its package-lock.json asks for: needed to build and to start, not to be looked at. */
  install(): Promise<void>;
}

export interface CheckoutsRequest {
  readonly repository: string;
  readonly revisions: Sides<Revision>;
  /** Looked through beside impls/. */
  readonly implementationDirs: readonly string[];
}

/** Lays out both revisions, lets them be used, and removes them on every path. */
export async function withCheckouts<T>(
  request: CheckoutsRequest,
  context: WorktreeContext,
  use: (checkouts: Sides<Checkout>) => Promise<T>,
): Promise<T> {
  const worktrees: Worktree[] = [];
  const open = async (side: SideName): Promise<Checkout> => {
    context.signal.throwIfAborted();
    const { repository, revisions, implementationDirs } = request;
    const worktree = await openWorktree({ repository, side, revision: revisions[side] }, context);
    worktrees.push(worktree);
    return checkoutOf(side, worktree, implementationDirs);
  };
  try {
    return await use({ base: await open('base'), head: await open('head') });
  } finally {
    for (const worktree of worktrees) await worktree.dispose();
  }
}

/** Looks through impls/ and the given folders of a worktree; one that is not there holds none. */
async function checkoutOf(
  side: SideName,
  { dir, install }: Worktree,
  directories: readonly string[],
): Promise<Checkout> {
  const folders = ['impls', ...directories].map((folder) => resolve(dir, folder)).filter((one) => existsSync(one));
  try {
    return { side, rootDir: dir, located: await scanImplementations([...new Set(folders)]), install };
  } catch (error) {
    if (side === 'head' || !(error instanceof HarnessError)) throw error;
    throw new HarnessError('cannot-measure', `base: ${error.message}`, 'choose a later base with --base REV');
  }
}

export function findImplementation({ located }: Checkout, id: string): LocatedImplementation | null {
  return located.find(({ implementation }) => implementation.id === id) ?? null;
}

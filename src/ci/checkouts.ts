import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { Project } from '../run/project.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { implementationFolders, type Repository } from './repository.ts';
import type { Revision, SideName, Sides } from './revision.ts';
import { openWorktree, type Worktree, type WorktreeContext } from './worktree.ts';

/** One side laid out in a folder of its own, with the implementations that lie there. */
export interface Checkout {
  readonly side: SideName;
  /** What `sources` are relative to: the place of the checkout within its worktree. */
  readonly rootDir: string;
  readonly located: readonly LocatedImplementation[];
  /** What its package-lock.json asks for: needed to build and to start, not to be read. */
  install(): Promise<void>;
}

interface CheckoutsRequest {
  readonly repository: Repository;
  readonly revisions: Sides<Revision>;
  /** Looked through beside impls/. */
  readonly implementationDirs: readonly string[];
  readonly project: Project;
}

/**
 * Lays out both revisions, lets them be used, and removes them on every path. Throws HarnessError cannot-measure where neither
 * holds an implementation: a comparison of nothing would be green for ever.
 */
export async function withCheckouts<T>(
  request: CheckoutsRequest,
  context: WorktreeContext,
  use: (checkouts: Sides<Checkout>) => Promise<T>,
): Promise<T> {
  const worktrees: Worktree[] = [];
  const open = async (side: SideName): Promise<Worktree> => {
    context.signal.throwIfAborted();
    const { repository, revisions } = request;
    const worktree = await openWorktree({ repository, side, revision: revisions[side] }, context);
    worktrees.push(worktree);
    return worktree;
  };
  try {
    return await use(await findCheckouts({ base: await open('base'), head: await open('head') }, request));
  } finally {
    for (const worktree of worktrees) await worktree.dispose();
  }
}

/** At the nearest place that holds an implementation on either side. */
async function findCheckouts(worktrees: Sides<Worktree>, request: CheckoutsRequest): Promise<Sides<Checkout>> {
  const { repository, implementationDirs, project } = request;
  for (const place of repository.places) {
    const folders = implementationFolders(repository, place, project, implementationDirs);
    const base = await checkoutOf('base', worktrees.base, place, folders, project);
    const head = await checkoutOf('head', worktrees.head, place, folders, project);
    if (base.located.length + head.located.length === 0) continue;
    const missing = implementationDirs.find((named) => !isHeld(named, place, worktrees, request));
    if (missing !== undefined) throw noSuchFolder(missing, request);
    return { base, head };
  }
  throw noImplementation(request);
}

function isHeld(
  named: string,
  place: string,
  { base, head }: Sides<Worktree>,
  { repository, project }: CheckoutsRequest,
): boolean {
  const [folder = ''] = implementationFolders(repository, place, project, [named]).slice(-1);
  return [base, head].some(({ dir }) => existsSync(join(dir, folder)));
}

function noSuchFolder(named: string, { revisions }: CheckoutsRequest): HarnessError {
  const [base, head] = [revisions.base, revisions.head].map(({ sha }) => sha.slice(0, 10));
  return new HarnessError(
    'usage',
    `--impls ${named}: neither base (${base}) nor head (${head}) has such a folder`,
    'name a folder that a commit holds, relative to its checkout',
  );
}

async function checkoutOf(
  side: SideName,
  { dir, install }: Worktree,
  place: string,
  folders: readonly string[],
  project: Project,
): Promise<Checkout> {
  const found = folders.map((folder) => join(dir, folder)).filter((folder) => existsSync(folder));
  for (const folder of found) await assertWithin(dir, folder, side);
  const rootDir = join(dir, place);
  const all = await locateSide(side, () => project.locate(rootDir, found));
  const located = all.filter(({ implementation }) => implementation.running === undefined);
  if (all.length > 0 && located.length === 0) throw nothingToStart(all);
  return { side, rootDir, located, install: () => install(place) };
}

function nothingToStart(all: readonly LocatedImplementation[]): HarnessError {
  const ids = all.map(({ implementation }) => implementation.id).join(', ');
  return new HarnessError(
    'usage',
    `${ids}: runs already, and \`ci\` builds and starts both commits`,
    'give a target a `command` instead of its `url`',
  );
}

/** A link that leads out of the commit leads both sides to the same files, which never differ. */
async function assertWithin(dir: string, folder: string, side: SideName): Promise<void> {
  const [top, real] = await Promise.all([realpath(dir), realpath(folder)]);
  if (real === top || real.startsWith(`${top}/`)) return;
  const name = folder.slice(dir.length + 1);
  throw new HarnessError(
    'cannot-measure',
    `${side}: ${name} is a link that leads out of the commit, to ${real}: both commits would be read from there`,
    'commit the folder itself, or name another with --impls DIR',
  );
}

async function locateSide(
  side: SideName,
  locate: () => Promise<readonly LocatedImplementation[]>,
): Promise<readonly LocatedImplementation[]> {
  try {
    return await locate();
  } catch (error) {
    if (side === 'head' || !(error instanceof HarnessError)) throw error;
    throw new HarnessError('cannot-measure', `base: ${error.message}`, 'choose a later base with --base REV');
  }
}

function noImplementation({ repository, revisions, implementationDirs, project }: CheckoutsRequest): HarnessError {
  const folders = repository.places.flatMap((place) =>
    implementationFolders(repository, place, project, implementationDirs),
  );
  const [base, head] = [revisions.base, revisions.head].map(({ sha }) => sha.slice(0, 10));
  return new HarnessError(
    'cannot-measure',
    `no implementation was found in base (${base}) or head (${head}) of ${repository.dir}; looked in:${[...new Set(folders)].map((folder) => `\n  ${folder}/`).join('')}`,
    'name the folder of the checkout with --repo DIR, or a folder that holds implementations with --impls DIR',
  );
}

export function findImplementation({ located }: Checkout, id: string): LocatedImplementation | null {
  return located.find(({ implementation }) => implementation.id === id) ?? null;
}

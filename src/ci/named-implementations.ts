import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../os/git.ts';
import { idsMatching } from '../run/declarations.ts';
import type { Project } from '../run/project.ts';
import { scanImplementations } from '../target/manifest.ts';
import { implementationFolders, type Repository } from './repository.ts';
import type { Revision, Sides } from './revision.ts';

interface Named {
  readonly implementationGlobs: readonly string[];
  readonly implementationDirs: readonly string[];
}

interface States {
  readonly project: Project;
  readonly repository: Repository;
  readonly revisions: Sides<Revision>;
}

/**
 * Asks git alone, before anything is laid out: an implementation that neither commit has is a slip. Throws HarnessError that names
 * it. Where a folder's files cannot be listed like that (a submodule, a link), whoever lays them out finds it.
 */
export async function assertNamesKnown(
  states: States,
  { implementationGlobs, implementationDirs }: Named,
): Promise<void> {
  if (implementationGlobs.length === 0) return;
  const { repository, project } = states;
  // What a project's own file declares is known when both commits' files have been read.
  if ((await project.locate(project.rootDir, [])).length > 0) return;
  const folders = new Set(
    repository.places.flatMap((place) => implementationFolders(repository, place, project, implementationDirs)),
  );
  const ids = await idsIn(states, [...folders]);
  if (ids !== null && ids.length > 0) idsMatching(ids, implementationGlobs);
}

/** The name of an implementation's folder is its id. null: not all can be listed. */
async function idsIn(states: States, folders: readonly string[]): Promise<string[] | null> {
  const committed = (await pathsOf(states)).filter(({ path }) => folders.some((one) => isWithin(path, one)));
  if (committed.some(({ mode }) => mode !== fileMode && mode !== programMode)) return null;
  const ids = committed.flatMap(({ path }) => /([^/]+)\/impl\.json$/.exec(path)?.[1] ?? []);
  const own = await scanImplementations(uncommitted(states, folders)).catch(() => []);
  return [...new Set([...ids, ...own.map(({ implementation }) => implementation.id)])].sort();
}

const fileMode = '100644';
const programMode = '100755';

/** A submodule or a link above the folder may hold it too. */
function isWithin(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) || path === folder || folder.startsWith(`${path}/`);
}

interface CommittedPath {
  readonly mode: string;
  readonly path: string;
}

async function pathsOf({ repository, revisions }: States): Promise<CommittedPath[]> {
  const listed = await Promise.all(
    [revisions.base, revisions.head].map(({ sha }) => git(repository.dir, ['ls-tree', '-r', '-z', '--full-tree', sha])),
  );
  return listed
    .flatMap(({ stdout }) => stdout.split('\0'))
    .filter((line) => line !== '')
    .map((line) => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }));
}

/** Where the head is the working tree. */
function uncommitted({ repository, revisions }: States, folders: readonly string[]): string[] {
  if (!revisions.head.dirty) return [];
  return folders.map((folder) => join(repository.dir, folder)).filter((folder) => existsSync(folder));
}

import { HarnessError } from '../model/harness-error.ts';
import { changedPaths, commitSubject, git, resolveCommit } from '../os/git.ts';
import type { Repository } from './repository.ts';

export type SideName = 'base' | 'head';
export type Sides<T> = Readonly<Record<SideName, T>>;

/** A state of the repository that can be measured. */
export interface Revision {
  readonly sha: string;
  readonly subject: string;
  /** The commit with all that is uncommitted in the working tree. */
  readonly dirty: boolean;
}

export function revisionText({ sha, subject, dirty }: Revision): string {
  return `${sha.slice(0, 10)}${dirty ? ' with changes' : ''} ${subject}`;
}

export interface RevisionsRequest {
  /** null: where the head left the default branch. */
  readonly base: string | null;
  /** A revision, or `worktree`: HEAD with all that is uncommitted. */
  readonly head: string;
  /** The head against itself. */
  readonly isAA: boolean;
}

export async function revisionsOf(
  repository: Repository,
  { base, head, isAA }: RevisionsRequest,
  env: NodeJS.ProcessEnv,
): Promise<Sides<Revision>> {
  const ofHead = await headRevision(repository, head);
  if (isAA) return { base: ofHead, head: ofHead };
  const ofBase = base === null ? await mergeBase(repository, ofHead, env) : await revisionOf(repository.dir, base);
  // A hook asks for the working tree again and again: without changes nothing is affected.
  if (head !== 'worktree' && isSame({ base: ofBase, head: ofHead })) throw sameRevision(ofHead);
  return { base: ofBase, head: ofHead };
}

export function isSame({ base, head }: Sides<Revision>): boolean {
  return base.sha === head.sha && base.dirty === head.dirty;
}

/** An A/A run finds no regression, whatever it shows: nobody must get one in place of a comparison. */
export function sameRevision({ sha }: Revision): HarnessError {
  return new HarnessError(
    'usage',
    `base and head are the same commit (${sha.slice(0, 10)}): there is nothing to compare`,
    "name an earlier commit: --base REV; or measure this machine's noise: --aa, without --base",
  );
}

/** What a name of git's stands for. Throws HarnessError usage that names it, and says so where the clone is shallow. */
async function revisionOf(repository: string, name: string): Promise<Revision> {
  const sha = await resolveCommit(repository, name);
  if (sha === null) throw await noSuchRevision(repository, name);
  return { sha, subject: await commitSubject(repository, sha), dirty: false };
}

async function noSuchRevision(repository: string, name: string): Promise<HarnessError> {
  if (!(await isShallow(repository))) {
    return new HarnessError('usage', `there is no revision "${name}"`, 'name a commit, branch or tag; fetch it first');
  }
  return shallowCloneError(`the clone is shallow and has no revision "${name}"`);
}

function shallowCloneError(message: string): HarnessError {
  return new HarnessError(
    'usage',
    message,
    'fetch all of it: `git fetch --unshallow`, or in a workflow `fetch-depth: 0` of actions/checkout',
  );
}

async function isShallow(repository: string): Promise<boolean> {
  return (await git(repository, ['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
}

/** HEAD, or with it all that is uncommitted. */
async function headRevision(repository: Repository, requested: string): Promise<Revision> {
  if (requested !== 'worktree') return revisionOf(repository.dir, requested);
  if (repository.isBare) {
    throw new HarnessError(
      'usage',
      `${repository.dir} is bare: it has no working tree`,
      'measure a commit: --head REV',
    );
  }
  await assertCleanSubmodules(repository.dir);
  return { ...(await revisionOf(repository.dir, 'HEAD')), dirty: await hasChanges(repository) };
}

/** Whether anything is uncommitted, or new and not ignored. */
export async function hasChanges({ dir, isBare }: Repository): Promise<boolean> {
  return !isBare && (await changedPaths(dir)).length > 0;
}

async function assertCleanSubmodules(repository: string): Promise<void> {
  const { stdout } = await git(repository, ['submodule', 'foreach', '--quiet', '--recursive', dirtySubmoduleScript]);
  const [path] = stdout.split('\n').filter((line) => line !== '');
  if (path === undefined) return;
  throw new HarnessError(
    'usage',
    `the submodule ${path} has uncommitted changes, which no worktree of this repository can hold`,
    'commit them in the submodule, or measure a commit with --head REV',
  );
}

const dirtySubmoduleScript =
  'test -z "$(git status --porcelain=v1 --untracked-files=normal --ignore-submodules=none)" || echo "$displaypath"';

/** Where the head left the default branch. Throws HarnessError usage where that cannot be found, or is the head itself. */
async function mergeBase(repository: Repository, head: Revision, env: NodeJS.ProcessEnv): Promise<Revision> {
  const { dir } = repository;
  const branch = await defaultBranch(dir, env);
  if (branch === null) {
    throw new HarnessError('usage', 'the default branch is not known here', 'name the base: --base REV');
  }
  const { failed, stdout } = await git(dir, ['merge-base', head.sha, branch]);
  if (failed) {
    if (await isShallow(dir))
      throw shallowCloneError(`the clone is shallow: its history does not reach back to ${branch}`);
    throw new HarnessError('usage', `${branch} and the head have no common ancestor`, 'name the base: --base REV');
  }
  if (stdout.trim() === head.sha && !head.dirty) {
    const changed = await hasChanges(repository);
    throw new HarnessError(
      'usage',
      `the head (${head.sha.slice(0, 10)}) is part of ${branch}: there is nothing to compare it with`,
      changed ? 'measure what is uncommitted: --head worktree' : 'name an earlier commit: --base HEAD~1; or --aa',
    );
  }
  return revisionOf(dir, stdout.trim());
}

/** That of a pull request, else what the remote calls its HEAD, else main or master. */
async function defaultBranch(repository: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (env.GITHUB_BASE_REF) return pullRequestBase(repository, env.GITHUB_BASE_REF);
  const { stdout } = await git(repository, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  const candidates = [stdout.trim(), 'origin/main', 'origin/master', 'main', 'master'];
  for (const name of candidates.filter((one) => one !== '')) if (await exists(repository, name)) return name;
  return null;
}

/** Another branch in its place would answer a question that nobody asked. */
async function pullRequestBase(repository: string, branch: string): Promise<string> {
  const name = `origin/${branch}`;
  if (await exists(repository, name)) return name;
  throw new HarnessError(
    'usage',
    `the pull request's base ${name} (GITHUB_BASE_REF) is not known here`,
    `fetch it: \`git fetch origin ${branch}:refs/remotes/${name}\`, or in a workflow \`fetch-depth: 0\` of actions/checkout`,
  );
}

async function exists(repository: string, name: string): Promise<boolean> {
  return (await resolveCommit(repository, name)) !== null;
}

import { existsSync } from 'node:fs';
import { HarnessError } from '../model/harness-error.ts';
import { git } from '../os/git.ts';

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

/** The folder at the top of the working tree. Throws HarnessError usage outside of one. */
export async function repositoryRoot(folder: string): Promise<string> {
  const { failed, stdout, stderr } = await git(folder, ['rev-parse', '--show-toplevel']);
  if (!failed) return stdout.trim();
  const why = existsSync(folder) ? stderr.trim().split('\n')[0] : 'there is no such folder';
  throw new HarnessError(
    'usage',
    `${folder} is no git working tree: ${why}`,
    'name one with --repo DIR, or see `git config safe.directory`',
  );
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
  repository: string,
  { base, head, isAA }: RevisionsRequest,
  env: NodeJS.ProcessEnv,
): Promise<Sides<Revision>> {
  const ofHead = await headRevision(repository, head);
  if (isAA) return { base: ofHead, head: ofHead };
  const ofBase = base === null ? await mergeBase(repository, ofHead, env) : await revisionOf(repository, base);
  return { base: ofBase, head: ofHead };
}

/** What a name of git's stands for. Throws HarnessError usage that names it, and says so where the clone is shallow. */
async function revisionOf(repository: string, name: string): Promise<Revision> {
  const { failed, stdout } = await git(repository, ['log', '-1', '--format=%H%x00%s', `${name}^{commit}`, '--']);
  if (failed) throw await noSuchRevision(repository, name);
  const [sha = '', subject = ''] = stdout.split('\0');
  return { sha, subject, dirty: false };
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
async function headRevision(repository: string, requested: string): Promise<Revision> {
  if (requested !== 'worktree') return revisionOf(repository, requested);
  await assertCleanSubmodules(repository);
  return { ...(await revisionOf(repository, 'HEAD')), dirty: await hasChanges(repository) };
}

/** Whether anything is uncommitted, or new and not ignored. */
export async function hasChanges(repository: string): Promise<boolean> {
  return (await git(repository, ['status', '--porcelain'])).stdout !== '';
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

const dirtySubmoduleScript = 'test -z "$(git status --porcelain)" || echo "$displaypath"';

/** Where the head left the default branch. Throws HarnessError usage where that cannot be found, or is the head itself. */
async function mergeBase(repository: string, head: Revision, env: NodeJS.ProcessEnv): Promise<Revision> {
  const branch = await defaultBranch(repository, env);
  if (branch === null) {
    throw new HarnessError('usage', 'the default branch is not known here', 'name the base: --base REV');
  }
  const { failed, stdout } = await git(repository, ['merge-base', head.sha, branch]);
  if (failed) {
    if (await isShallow(repository))
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
  return revisionOf(repository, stdout.trim());
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
  return !(await git(repository, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])).failed;
}

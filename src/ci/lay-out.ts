import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { type GitAnswer, git } from '../os/git.ts';

/** One commit of one repository, and the folder that is to hold its files. */
interface CommitFiles {
  /** For messages: "base". */
  readonly name: string;
  readonly gitDir: string;
  readonly sha: string;
  readonly dir: string;
}

/** Line ends and files as committed, whatever the user's clone makes of them. */
const asCommitted = [
  'core.autocrlf=false',
  'core.eol=lf',
  'core.safecrlf=false',
  'core.attributesFile=/dev/null',
  'core.sparseCheckout=false',
  'core.symlinks=true',
];

/**
 * Writes a commit's files into a folder, with its submodules. The folder gets a repository of its own that borrows the user's
 * objects: nothing is written to theirs.
 * Note: not `git worktree add`, which writes to the user's repository and, called from a hook, into the commit in the making; and
 * whose `prune` forgets the user's own worktrees that are not mounted just now.
 */
export async function layOut(files: CommitFiles): Promise<void> {
  await initialise(files);
  const { name, gitDir, sha, dir } = files;
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: dir, GIT_INDEX_FILE: join(dir, '.git', 'index') };
  const written = await git(dir, ['read-tree', '--reset', '-u', sha], { env, config: asCommitted });
  if (written.failed) throw cannotLayOut(files, written);
  await git(dir, ['update-ref', '--no-deref', 'HEAD', sha]);
  for (const { path, sha: own } of await submodulesOf(dir)) {
    await layOut({
      name: `${path} of ${name}`,
      sha: own,
      dir: join(dir, path),
      gitDir: await moduleDir(files, path, own),
    });
  }
}

async function initialise(files: CommitFiles): Promise<void> {
  const { gitDir, dir } = files;
  await mkdir(dir, { recursive: true });
  const asked = await git(gitDir, ['rev-parse', '--show-object-format', '--git-path', 'objects'], ownDir(gitDir));
  const [format = 'sha1', objects = ''] = asked.stdout.split('\n');
  const made = await git(dir, [
    'init',
    '--quiet',
    '--template=',
    ...(format === 'sha1' ? [] : ['--object-format', format]),
  ]);
  if (asked.failed || made.failed) throw cannotLayOut(files, asked.failed ? asked : made);
  await mkdir(join(dir, '.git', 'objects', 'info'), { recursive: true });
  await appendFile(join(dir, '.git', 'objects', 'info', 'alternates'), `${resolve(gitDir, objects)}\n`);
}

/** A submodule's repository knows a working tree that may be gone. */
function ownDir(gitDir: string) {
  return { env: { GIT_DIR: gitDir, GIT_WORK_TREE: gitDir } };
}

function cannotLayOut({ name, sha }: CommitFiles, { stderr }: GitAnswer): HarnessError {
  return new HarnessError(
    'cannot-measure',
    `git could not lay out ${name} (${sha.slice(0, 10)}): ${stderr.trim()}`,
    'repair the repository; `git fsck` shows what is wrong with it',
  );
}

/** Paths and commits that the tree names. */
async function submodulesOf(dir: string): Promise<{ readonly path: string; readonly sha: string }[]> {
  const { stdout } = await git(dir, ['ls-files', '--stage', '-z']);
  return stdout.split('\0').flatMap((line) => {
    const [, sha = '', path = ''] = /^160000 ([0-9a-f]+) \d\t(.*)$/s.exec(line) ?? [];
    return path === '' ? [] : [{ path, sha }];
  });
}

/** Where the user's clone keeps a submodule that holds the commit. Throws HarnessError cannot-measure: nothing is fetched. */
async function moduleDir({ name, gitDir, dir }: CommitFiles, path: string, sha: string): Promise<string> {
  const moduleName = await nameOf(dir, path);
  const common = (await git(gitDir, ['rev-parse', '--git-common-dir'], ownDir(gitDir))).stdout.trim();
  const candidates = [...new Set([gitDir, resolve(gitDir, common)])].map((one) => join(one, 'modules', moduleName));
  for (const candidate of [...candidates, ...(await embeddedDirs(gitDir, path))]) {
    if (existsSync(candidate) && (await hasCommit(candidate, sha))) return candidate;
  }
  throw new HarnessError(
    'cannot-measure',
    `the submodule ${path} of ${name} is not here at ${sha.slice(0, 10)}`,
    'fetch it first: `git submodule update --init --recursive`, or in a workflow `submodules: recursive` of actions/checkout',
  );
}

/** As .gitmodules calls it; a submodule without an entry is called by its path. */
async function nameOf(dir: string, path: string): Promise<string> {
  const args = ['config', '--null', '--file', join(dir, '.gitmodules'), '--get-regexp', '^submodule\\..*\\.path$'];
  const { stdout } = await git(dir, args);
  const entries = stdout.split('\0').map((entry) => entry.split('\n'));
  const [key = ''] = entries.find(([, value]) => value === path) ?? [];
  return key.replace(/^submodule\./, '').replace(/\.path$/, '') || path;
}

/** A clone made by hand, or by an old git, has its repository in the submodule's own folder. */
async function embeddedDirs(gitDir: string, path: string): Promise<string[]> {
  const { failed, stdout } = await git(resolve(gitDir, '..'), ['rev-parse', '--show-toplevel']);
  return failed ? [] : [join(stdout.trim(), path, '.git')];
}

async function hasCommit(gitDir: string, sha: string): Promise<boolean> {
  return !(await git(gitDir, ['cat-file', '-e', `${sha}^{commit}`], ownDir(gitDir))).failed;
}

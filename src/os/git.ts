import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';

export interface GitAnswer {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface GitOptions {
  /** Where the answer must not come from the folder alone: GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE of our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Over what is always set: "name=value". */
  readonly config?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Of the user's GIT_… variables, those that say how git reaches things. The rest says which repository, or what to print. */
const inheritedPattern =
  /^GIT_(EXEC_PATH|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|SSL_.*|SSH.*|ASKPASS|PROXY_.*|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/;

/** What a user's configuration could change in an answer, or have us write; what has a switch of its own is there too. */
const fixedConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.untrackedCache=keep',
  'submodule.recurse=false',
  'safe.bareRepository=all',
  'log.showSignature=false',
  'color.ui=false',
  'gc.auto=0',
  'maintenance.auto=false',
];

/**
 * Asks git about the repository that a folder lies in; a refusal is an answer. Git hands its hooks GIT_DIR and GIT_INDEX_FILE,
 * which would make every call here one about (or into) the user's commit, so none of that is passed on. Ignore files of the user
 * count: what they name is no source.
 */
export async function git(
  folder: string,
  args: readonly string[],
  { env = {}, config = [], signal }: GitOptions = {},
): Promise<GitAnswer> {
  const settings = [...fixedConfig, ...config].flatMap((setting) => ['-c', setting]);
  const { failed, stdout, stderr } = await execa('git', [...settings, ...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: { ...gitEnvironment(process.env), ...env },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return { failed, stdout: stdout ?? '', stderr: stderr ?? '' };
}

export function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || inheritedPattern.test(name));
  return { ...Object.fromEntries(kept), GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

/**
 * Paths that differ from HEAD, or are new and not ignored, relative to the top of the working tree. Throws HarnessError usage where git
 * cannot tell: nothing found would mean that all is committed.
 */
export async function changedPaths(folder: string, pathspecs: readonly string[] = []): Promise<string[]> {
  const { failed, stdout, stderr } = await git(folder, [...statusCommand, '--', ...pathspecs]);
  if (failed) {
    const [why = ''] = stderr.trim().split('\n');
    throw new HarnessError(
      'usage',
      `git cannot tell what has changed in ${folder}: ${why}`,
      'see `git status` there; `git fsck` names what is damaged',
    );
  }
  return stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));
}

/** Every switch that a configuration could set otherwise. */
const statusCommand = [
  'status',
  '--porcelain=v1',
  '-z',
  '--no-renames',
  '--untracked-files=all',
  '--ignore-submodules=none',
] as const;

/** The first line of a commit's message, in UTF-8. */
export async function commitSubject(folder: string, sha: string): Promise<string> {
  const format = ['--no-show-signature', '--no-color', '--no-notes', '--encoding=UTF-8', '--format=%s'];
  return (await git(folder, ['log', '-1', ...format, sha, '--'])).stdout.trimEnd();
}

/** The hash of the commit that a name of git's stands for; null where there is none. */
export async function resolveCommit(folder: string, name: string): Promise<string | null> {
  // A name with a dash would be read as a switch.
  if (name.startsWith('-')) return null;
  const { failed, stdout } = await git(folder, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return failed ? null : stdout.trim();
}

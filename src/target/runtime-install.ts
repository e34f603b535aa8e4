import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';
import { createLogTail, pause, signalGroup } from '../os/child-process.ts';
import { buildEnvironment } from './build-environment.ts';
import { acquireLock } from './build-lock.ts';
import type { QueryProgram } from './program-version.ts';
import {
  askRuntime,
  type FoundRuntime,
  installFolder,
  programWithin,
  type Runtime,
  runtimesFolder,
} from './runtimes.ts';

export interface InstallOptions {
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly ask: QueryProgram;
  readonly signal: AbortSignal;
  /** One line for people at a time. */
  onProgress(line: string): void;
  /** Told the id of npm's process group; the result is called when npm has ended. */
  trackProcessGroup(pid: number): () => void;
}

interface Installed {
  readonly found: FoundRuntime;
  readonly folder: string;
  /** false: it was there. */
  readonly isNew: boolean;
}

/**
 * Puts a row's pinned package into the cache, whole or not at all: it is filled beside its place, asked for its version there, and
 * renamed. Throws HarnessError cannot-measure where npm brings no program, or one that does not run here.
 */
export async function installRuntime(runtime: Runtime, options: InstallOptions): Promise<Installed> {
  const folder = await installFolder(runtime, options.cacheDir);
  if (folder === null || runtime.package === undefined) throw notPackaged(runtime);
  await mkdir(path.dirname(folder), { recursive: true });
  const onWait = () => options.onProgress(`${runtime.name}: waiting for another command that installs it`);
  await using _lock = await acquireLock(`${folder}.lock`, { onWait, signal: options.signal });
  const present = await answerOf(runtime, folder, options.ask);
  if (present !== null) return { found: present, folder, isNew: false };
  options.onProgress(`${runtime.name}: installing ${runtime.title} into ${folder} (${runtime.package.sizeMB} MB)`);
  const partial = `${folder}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await cp(path.join(runtime.dir, runtime.package.folder), partial, { recursive: true });
    const log = await runNpm(partial, runtime, options);
    const found = await answerOf(runtime, partial, options.ask);
    if (found === null) throw await notUsable(runtime, partial, log, options.ask);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return { found: { ...found, program: found.program.replace(partial, folder) }, folder, isNew: true };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function answerOf(runtime: Runtime, folder: string, ask: QueryProgram): Promise<FoundRuntime | null> {
  const program = await programWithin(runtime, folder);
  const found = program === null ? null : await askRuntime(runtime, program, ask);
  return found?.status === 'found' ? found : null;
}

/** A registry that takes the connection and says nothing must not hold a run for npm's usual five minutes. */
const npmFlags = ['--ignore-scripts', '--no-audit', '--no-fund', '--fetch-timeout=30000', '--fetch-retries=1'];
const patienceFlags = ['--fetch-retry-mintimeout=1000', '--loglevel=http'];
const npmLimitMs = 15 * 60_000;

/** What npm printed at the end. */
async function runNpm(cwd: string, runtime: Runtime, options: InstallOptions): Promise<string> {
  const log = createLogTail();
  const child = execa('npm', ['ci', ...npmFlags, ...patienceFlags], {
    ...{ cwd, reject: false, all: true, buffer: false, stdin: 'ignore', detached: true, timeout: npmLimitMs },
    ...{ env: buildEnvironment(options.env, ['npm']).env, extendEnv: false },
  });
  child.all.on('data', (chunk: Buffer) => log.add(chunk));
  const { pid } = child;
  const release = pid === undefined ? () => {} : options.trackProcessGroup(pid);
  const patience = new AbortController();
  const interrupt = () => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    pause(1_000, patience.signal).then(
      () => signalGroup(pid, 'SIGKILL'),
      () => {},
    );
  };
  options.signal.addEventListener('abort', interrupt, { once: true });
  const { failed, code, exitCode, shortMessage } = await child;
  options.signal.removeEventListener('abort', interrupt);
  patience.abort();
  if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  release();
  options.signal.throwIfAborted();
  if (!failed) return log.text();
  if (code === 'ENOENT') throw cannotInstall(runtime, 'there is no npm on PATH', 'install npm');
  const reason = exitCode === undefined ? shortMessage : `npm ended with exit code ${exitCode}`;
  throw cannotInstall(runtime, `${reason}${tail(log.text())}`);
}

/** npm takes a package of another platform, and one that it could not fetch, for a success: both are optional. */
async function notUsable(runtime: Runtime, folder: string, log: string, ask: QueryProgram): Promise<HarnessError> {
  const program = await programWithin(runtime, folder);
  if (program !== null) {
    const answer = await askRuntime(runtime, program, ask);
    const reason = answer.status === 'missing' && answer.reason !== '' ? answer.reason : `${program} does not start`;
    return cannotInstall(runtime, `what npm brought does not run here: ${reason}`);
  }
  const here = `${process.platform} on ${process.arch}`;
  if (!(await hasPackageForPlatform(folder)))
    return cannotInstall(runtime, `there is no package of it for ${here}`, runtime.remedy);
  return cannotInstall(runtime, `the npm registry did not give its package for ${here}${tail(log)}`);
}

async function hasPackageForPlatform(folder: string): Promise<boolean> {
  const lock: { packages: Record<string, { os?: string[]; cpu?: string[] }> } = JSON.parse(
    await readFile(path.join(folder, 'package-lock.json'), 'utf8'),
  );
  return Object.values(lock.packages).some(
    ({ os, cpu }) => os?.includes(process.platform) && cpu?.includes(process.arch),
  );
}

function tail(log: string): string {
  const lines = log.trim().split('\n').slice(-6);
  return lines.join('') === '' ? '' : `:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function notPackaged({ name, title, remedy }: Runtime): HarnessError {
  return new HarnessError('usage', `${name}: ${title} is not installed by paceline`, remedy);
}

function cannotInstall({ name, title, remedy }: Runtime, why: string, mend?: string): HarnessError {
  return new HarnessError(
    'cannot-measure',
    `${name}: ${title} could not be installed, and nothing of it was kept: ${why}`,
    mend ?? `see whether \`npm ping\` answers and the disk has room, then try again; or ${remedy}`,
  );
}

/** What is installed of a row, older locks and what a killed command left included. Returns the bytes that were freed. */
export async function uninstallRuntime({ name }: Pick<Runtime, 'name'>, cacheDir: string): Promise<number> {
  const folders = (await installedFolders(cacheDir)).filter((folder) => folder.name === name);
  let freedBytes = 0;
  for (const { dir } of folders) {
    freedBytes += await folderBytes(dir);
    await rm(dir, { recursive: true, force: true });
  }
  return freedBytes;
}

interface InstalledFolder {
  readonly name: string;
  readonly dir: string;
}

export async function installedFolders(cacheDir: string): Promise<readonly InstalledFolder[]> {
  const root = runtimesFolder(cacheDir);
  const names = await readdir(root).catch(() => []);
  return names.flatMap((entry) => {
    const [, name] = /^(.+)-[0-9a-f]{8}(\.partial)?$/.exec(entry) ?? [];
    return name === undefined ? [] : [{ name, dir: path.join(root, entry) }];
  });
}

/** Of all files below a folder, or of a file; 0 where it is not there. */
export async function folderBytes(place: string): Promise<number> {
  const found = await stat(place).catch(() => null);
  if (found === null) return 0;
  if (!found.isDirectory()) return found.size;
  const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

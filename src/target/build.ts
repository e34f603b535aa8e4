import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';
import { createLogTail, pause, signalGroup } from '../os/child-process.ts';
import { expandAll, type LocatedImplementation, type Placeholders } from './manifest.ts';
import { sourceHash } from './source-hash.ts';
import type { Toolchain } from './toolchain.ts';

/** Written last, with the folder's own path: a build folder without it was cut off, or was moved, and is made anew. */
const stampName = '.paceline-built';

export interface BuildOptions {
  readonly located: LocatedImplementation;
  /** What `sources` are relative to. */
  readonly rootDir: string;
  readonly cacheDir: string;
  readonly toolchain: Toolchain;
  /** One line for people at a time. */
  onProgress(line: string): void;
  /** Told the id of each build tool's process group; the result is called when the tool has ended. */
  trackProcessGroup(pid: number): () => void;
  /** Aborting ends the tool and all that it started. */
  readonly signal: AbortSignal;
}

/** A build tool failed: the message says which, `logTail` is the end of what it printed. */
export class BuildFailure extends HarnessError {
  readonly logTail: string;

  constructor(message: string, remedy: string, logTail: string) {
    super('build-failed', message, remedy);
    this.name = 'BuildFailure';
    this.logTail = logTail;
  }
}

export interface BuildResult {
  readonly hash: string;
  /** Absolute: {build} in the commands. */
  readonly dir: string;
  /** An earlier build of the same sources, commands and toolchain was there. */
  readonly cached: boolean;
  readonly durationMs: number;
}

/**
 * Builds in place, in <cacheDir>/builds/<id>-<hash> or the checkout's own .cache (a Python environment cannot be moved), unless that
 * is there already.
 * A build tool that fails is a BuildFailure.
 */
export async function buildImplementation(options: BuildOptions): Promise<BuildResult> {
  const startedMs = performance.now();
  const { located, rootDir, toolchain } = options;
  const hash = await sourceHash(located, rootDir, toolchain.versions);
  const dir = path.resolve(buildRoot(options), 'builds', `${located.implementation.id}-${hash}`);
  const result = (cached: boolean) => ({ hash, dir, cached, durationMs: performance.now() - startedMs });
  if (await isComplete(dir)) return result(true);
  await mkdir(path.dirname(dir), { recursive: true });
  const onWait = () =>
    options.onProgress(`${located.implementation.id}: waiting for another build of the same sources`);
  await using _lock = await acquireLock(`${dir}.lock`, { onWait, signal: options.signal });
  if (await isComplete(dir)) return result(true);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  for (const command of located.implementation.build) await runBuildCommand(command, dir, options);
  await writeFile(path.join(dir, stampName), dir);
  return result(false);
}

function buildRoot({ located, rootDir, cacheDir }: BuildOptions): string {
  return located.implementation.buildInCheckout ? path.join(rootDir, '.cache') : cacheDir;
}

async function isComplete(dir: string): Promise<boolean> {
  return (await readFile(path.join(dir, stampName), 'utf8').catch(() => null)) === dir;
}

async function runBuildCommand(command: readonly string[], buildDir: string, options: BuildOptions): Promise<void> {
  const { located, toolchain, signal } = options;
  const values: Placeholders = { ...toolchain.placeholders, build: buildDir, dir: located.dir };
  const [program = '', ...rest] = expandAll(command, values);
  options.onProgress(`${located.implementation.id}: ${command.join(' ')}`);
  const tail = createLogTail();
  const child = execa(program, rest, {
    cwd: located.dir,
    reject: false,
    all: true,
    buffer: false,
    stdin: 'ignore',
    // A group of its own: tools start others, and all of them end together.
    detached: true,
  });
  child.all.on('data', (chunk: Buffer) => tail.add(chunk));
  const outcome = await waitOrAbort(child, options);
  signal.throwIfAborted();
  if (!outcome.failed) return;
  const reason = outcome.exitCode === undefined ? outcome.shortMessage : `exit code ${outcome.exitCode}`;
  throw new BuildFailure(
    `\`${command.join(' ')}\` failed (${reason})`,
    `run it by hand in ${located.dir} (its {build} is ${buildDir})`,
    tail.text(),
  );
}

/** How long a build tool may take to remove its temporary files. */
const interruptGraceMs = 2_000;

async function waitOrAbort<Outcome>(
  child: Promise<Outcome> & { readonly pid?: number | undefined },
  { signal, trackProcessGroup }: BuildOptions,
): Promise<Outcome> {
  const { pid } = child;
  if (pid === undefined) return child;
  const release = trackProcessGroup(pid);
  const patience = new AbortController();
  const interrupt = () => {
    signalGroup(pid, 'SIGINT');
    pause(interruptGraceMs, patience.signal).then(
      () => signalGroup(pid, 'SIGKILL'),
      () => {},
    );
  };
  signal.addEventListener('abort', interrupt, { once: true });
  const outcome = await child;
  signal.removeEventListener('abort', interrupt);
  patience.abort();
  // Whatever the tool left in its group has no reader any more.
  signalGroup(pid, 'SIGKILL');
  release();
  return outcome;
}

const refreshMs = 1_000;
const pollMs = 100;

interface LockOptions {
  /** A lock not refreshed for this long belongs to a harness that died. */
  readonly staleMs?: number;
  /** Called once when another harness holds the lock. */
  onWait(): void;
  readonly signal: AbortSignal;
}

/**
 * Holds the file as a lock against other harnesses, refreshed while held. The time of the last refresh decides, not a pid:
 * pids are reused, and two containers sharing a cache do not share them.
 */
async function acquireLock(file: string, options: LockOptions): Promise<AsyncDisposable> {
  let hasReported = false;
  while (!(await tryCreate(file))) {
    if (!hasReported) options.onWait();
    hasReported = true;
    await removeStale(file, options.staleMs ?? 15_000);
    await pause(pollMs, options.signal);
  }
  const refresh = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), refreshMs);
  refresh.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(refresh);
      await rm(file, { force: true });
    },
  };
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renaming first lets only one of several waiting harnesses remove a stale lock. */
async function removeStale(file: string, staleMs: number): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < staleMs) return;
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(() => {});
  await rm(aside, { force: true });
}

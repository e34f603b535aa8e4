import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';
import { createLogTail, pause, signalGroup } from '../os/child-process.ts';
import { type BuildEnvironment, buildEnvironmentOf, buildFacts, environmentText } from './build-environment.ts';
import { acquireLock, type LockOptions } from './build-lock.ts';
import { expandAll, type LocatedImplementation, type Placeholders } from './manifest.ts';
import { inheritedEnvironment } from './process.ts';
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
  /** An earlier build of the same sources, commands, toolchain and environment was there. */
  readonly cached: boolean;
  readonly durationMs: number;
  /** Why what was prepared does not reach the program, even when built again; null: it does, or the manifest has no check. */
  readonly unreached: string | null;
  /** null: nothing is built. */
  readonly environment: BuildEnvironmentRecord | null;
}

/** Names and a hash of the values: a result file is passed on, and values hold hosts and passwords. */
interface BuildEnvironmentRecord {
  readonly hash: string;
  readonly letThrough: string[];
  readonly ignored: string[];
}

/**
 * Builds in place, in <cacheDir>/builds/<id>-<hash> or the checkout's own .cache (a Python environment cannot be moved), unless that
 * is there already, and asks the manifest's `buildCheck` whether it reaches the program: if not, it is built again, once.
 * A build tool that fails is a BuildFailure.
 */
export async function buildImplementation(options: BuildOptions): Promise<BuildResult> {
  const startedMs = performance.now();
  const plan = await planBuild(options);
  const onWait = () =>
    options.onProgress(`${options.located.implementation.id}: waiting for another build of the same sources`);
  await using _lock = await lockUnlessComplete(plan.dir, { onWait, signal: options.signal });
  let cached = options.located.implementation.buildInPlace !== true && (await isComplete(plan.dir));
  if (!cached) await buildAnew(plan, options);
  let unreached = await checkBuild(plan.dir, options);
  if (unreached !== null && cached) {
    options.onProgress(`${options.located.implementation.id}: what was built does not reach it: building again`);
    cached = false;
    await using _again = await acquireLock(`${plan.dir}.lock`, { onWait, signal: options.signal });
    await buildAnew(plan, options);
    unreached = await checkBuild(plan.dir, options);
  }
  const { hash, dir, record: environment } = plan;
  return { hash, dir, cached, durationMs: performance.now() - startedMs, unreached, environment };
}

interface BuildPlan {
  readonly hash: string;
  readonly dir: string;
  readonly environment: BuildEnvironment;
  readonly record: BuildEnvironmentRecord | null;
}

/** Where it is built and with what. The key holds all of it, and whose build it is where a runtime asks for that. */
async function planBuild(options: BuildOptions): Promise<BuildPlan> {
  const { located, rootDir, toolchain } = options;
  const { buildEnv = {}, id, variantOf } = located.implementation;
  const declared = await buildEnvironmentOf(located, process.env);
  const environment = { ...declared, env: { ...declared.env, ...buildEnv } };
  const facts = await buildFacts(located, toolchain.placeholders, environment);
  const owner = located.implementation.buildCheck === undefined ? {} : { owner: String(process.getuid?.() ?? '') };
  const key = { ...toolchain.versions, ...facts, ...environment.letThrough, ...buildEnv, ...owner };
  const hash = await sourceHash(located, rootDir, key);
  const root = await buildRoot(options);
  const dir = path.resolve(root, 'builds', `${variantOf ?? id}-${hash}`);
  const isBuilt = located.implementation.build.length > 0;
  return { hash, dir, environment, record: isBuilt ? recordOf(environment, facts) : null };
}

function recordOf(
  { letThrough, ignored }: BuildEnvironment,
  facts: Readonly<Record<string, string>>,
): BuildEnvironmentRecord {
  const values = Object.entries({ ...facts, ...letThrough }).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12);
  return { hash, letThrough: Object.keys(letThrough).sort(), ignored: [...ignored] };
}

async function buildAnew({ dir, environment }: BuildPlan, options: BuildOptions): Promise<void> {
  const { implementation } = options.located;
  const text = environmentText(environment);
  if (text !== null && implementation.build.length > 0) options.onProgress(`${implementation.id}: ${text}`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  for (const command of implementation.build) await runBuildCommand(command, dir, environment, options);
  await writeFile(path.join(dir, stampName), dir);
}

/** What holds only at this path is in the checkout; where that belongs to another user, in a folder for this path of ours. */
async function buildRoot({ located, rootDir, cacheDir }: BuildOptions): Promise<string> {
  if (!located.implementation.buildInCheckout) return cacheDir;
  const inCheckout = path.join(rootDir, '.cache');
  const isOurs = await mkdir(path.join(inCheckout, 'builds'), { recursive: true })
    .then(() => access(path.join(inCheckout, 'builds'), constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  return isOurs
    ? inCheckout
    : path.join(cacheDir, 'by-checkout', createHash('sha256').update(rootDir).digest('hex').slice(0, 16));
}

const noLock: AsyncDisposable = { [Symbol.asyncDispose]: async () => {} };

async function lockUnlessComplete(dir: string, options: LockOptions): Promise<AsyncDisposable> {
  if (await isComplete(dir)) return noLock;
  await mkdir(path.dirname(dir), { recursive: true });
  return acquireLock(`${dir}.lock`, options);
}

/** Asks the runtime, in the environment that the target will have, whether it uses what was built. */
async function checkBuild(dir: string, { located, toolchain, signal }: BuildOptions): Promise<string | null> {
  const { buildCheck } = located.implementation;
  if (buildCheck === undefined) return null;
  const values: Placeholders = { ...toolchain.placeholders, build: dir, dir: located.dir };
  const [program = '', ...rest] = expandAll(buildCheck, values);
  const { failed, all } = await execa(program, rest, {
    ...{ cwd: located.dir, reject: false, all: true, stdin: 'ignore', timeout: 60_000, extendEnv: false },
    env: inheritedEnvironment(located.implementation, values),
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  return failed ? (all ?? '').trim().split('\n').slice(-3).join('; ') : null;
}

async function isComplete(dir: string): Promise<boolean> {
  return (await readFile(path.join(dir, stampName), 'utf8').catch(() => null)) === dir;
}

async function runBuildCommand(
  command: readonly string[],
  buildDir: string,
  { env }: BuildEnvironment,
  options: BuildOptions,
): Promise<void> {
  const { located, toolchain, signal } = options;
  const values: Placeholders = { ...toolchain.placeholders, build: buildDir, dir: located.dir };
  const [program = '', ...rest] = expandAll(command, values);
  options.onProgress(`${located.implementation.id}: ${command.join(' ')}`);
  const tail = createLogTail();
  const child = execa(program, rest, {
    cwd: located.dir,
    env,
    extendEnv: false,
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
const interruptGraceMs = 1_000;

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

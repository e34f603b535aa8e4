import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { Preparation } from '../model/run-result.ts';
import { BuildFailure, buildImplementation } from '../target/build.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import type { Availability, Toolchain } from '../target/requirement.ts';
import { benchDir, rootDir as harnessRoot } from './paths.ts';

/** An implementation that can be started. */
export interface Startable {
  readonly located: LocatedImplementation;
  readonly toolchain: Toolchain;
  readonly buildDir: string;
  readonly sourceHash: string;
}

export interface Prepared {
  readonly preparation: Preparation;
  /** null when skipped, or when it failed to build or to conform. */
  readonly startable: Startable | null;
}

export interface ConformanceOutcome {
  readonly checkCount: number;
  readonly failures: readonly string[];
  /** Of the statements that it sent; null: not known. */
  readonly statementsHash: string | null;
}

export interface PrepareContext {
  /** What `sources` are relative to; null: this checkout. */
  readonly rootDir: string | null;
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  onStep(text: string): void;
  /** Keeps a process group in the ledger until the result is called. */
  noteProcessGroup(pid: number): () => void;
  /** Starts it and runs its service's vectors; null: the service has none (a primitive's result carries its own check). */
  readonly conform: ((startable: Startable) => Promise<ConformanceOutcome>) | null;
}

/** Toolchain, build, conformance: each once for the same sources. What goes wrong here is data, and the others go on. */
export async function prepare(
  located: LocatedImplementation,
  available: Availability,
  context: PrepareContext,
): Promise<Prepared> {
  const manifest = located.implementation;
  if (available.status === 'missing') {
    const { reason, remedy } = available;
    return { preparation: { status: 'skipped', manifest, reason, remedy }, startable: null };
  }
  try {
    return await prepareAvailable(located, available, context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof HarnessError)) throw error;
    const { code, message } = error;
    const logTail = error instanceof BuildFailure ? error.logTail : '';
    return { preparation: { status: 'failed', manifest, code, message, logTail }, startable: null };
  }
}

async function prepareAvailable(
  located: LocatedImplementation,
  { toolchain, runtimeVersion }: { readonly toolchain: Toolchain; readonly runtimeVersion: string },
  context: PrepareContext,
): Promise<Prepared> {
  const rootDir = context.rootDir ?? harnessRoot;
  const built = await buildImplementation({ ...context, located, rootDir, toolchain, onProgress: context.onStep });
  const startable: Startable = { located, toolchain, buildDir: built.dir, sourceHash: built.hash };
  const outcome = await conformOnce(startable, context);
  const passed = outcome.failures.length === 0;
  const preparation: Preparation = {
    status: 'ready',
    manifest: located.implementation,
    sourceHash: built.hash,
    runtimeVersion,
    buildMs: built.durationMs,
    buildCached: built.cached,
    conformance: passed
      ? { status: 'passed', checkCount: outcome.checkCount, statementsHash: outcome.statementsHash }
      : { status: 'failed', checkCount: outcome.checkCount, failures: [...outcome.failures] },
  };
  return { preparation, startable: passed ? startable : null };
}

/** A pass is remembered for the same sources, toolchain, contract and vectors; a failure is always looked at anew. */
async function conformOnce(startable: Startable, context: PrepareContext): Promise<ConformanceOutcome> {
  const { id, service } = startable.located.implementation;
  if (context.conform === null) return { checkCount: 0, failures: [], statementsHash: null };
  const hashes = [startable.sourceHash, await contractHash(service, benchDir)];
  const stampPath = join(context.cacheDir, 'conformed', [id, ...hashes, 'statements.json'].join('-'));
  const stamp = await readFile(stampPath, 'utf8').catch(() => null);
  if (stamp !== null) return { ...JSON.parse(stamp), failures: [] };
  context.onStep(`${id}: checking the contract's vectors`);
  const outcome = await context.conform(startable);
  if (outcome.failures.length === 0) {
    await mkdir(join(context.cacheDir, 'conformed'), { recursive: true });
    const { checkCount, statementsHash } = outcome;
    await writeFile(stampPath, JSON.stringify({ checkCount, statementsHash }));
  }
  return outcome;
}

/** Hash of everything under <from>/<service> that says what is right. */
export async function contractHash(service: string, from: string): Promise<string> {
  const folder = join(from, service);
  const names = (await readdir(folder, { recursive: true }).catch(() => []))
    .filter((name) => /\.(json|jsonl|sql|ts)$/.test(name) && !name.startsWith('workloads'))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { Preparation } from '../model/run-result.ts';
import { BuildFailure, buildImplementation } from '../target/build.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import type { Toolchain, ToolchainCheck } from '../target/toolchain.ts';
import { benchDir, rootDir as harnessRoot } from './paths.ts';

/** An implementation that can be started. */
export interface PreparedImplementation {
  readonly located: LocatedImplementation;
  readonly toolchain: Toolchain;
  readonly buildDir: string;
  readonly sourceHash: string;
}

export interface PreparationOutcome {
  readonly preparation: Preparation;
  /** null when skipped, or when it failed to build or to conform. */
  readonly preparedImplementation: PreparedImplementation | null;
}

export interface ConformanceOutcome {
  readonly checkCount: number;
  readonly failures: readonly string[];
  /** Of the statements that it sent; null: not known. */
  readonly statementsHash: string | null;
}

export interface PrepareOptions {
  /** What `sources` are relative to; null: this checkout. */
  readonly rootDir: string | null;
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  onStep(text: string): void;
  /** Keeps a process group in the ledger until the result is called. */
  trackProcessGroup(pid: number): () => void;
  /** Starts it and runs its service's vectors; null: the service has none (a primitive's result carries its own check). */
  readonly conform: ((preparedImplementation: PreparedImplementation) => Promise<ConformanceOutcome>) | null;
}

/** Toolchain, build, conformance: each once for the same sources. What goes wrong here is data, and the others go on. */
export async function prepare(
  located: LocatedImplementation,
  available: ToolchainCheck,
  context: PrepareOptions,
): Promise<PreparationOutcome> {
  const manifest = located.implementation;
  if (available.status === 'missing') {
    const { reason, remedy } = available;
    return { preparation: { status: 'skipped', manifest, reason, remedy }, preparedImplementation: null };
  }
  try {
    return await prepareAvailable(located, available, context);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof HarnessError)) throw error;
    const { code, message } = error;
    const logTail = error instanceof BuildFailure ? error.logTail : '';
    return { preparation: { status: 'failed', manifest, code, message, logTail }, preparedImplementation: null };
  }
}

async function prepareAvailable(
  located: LocatedImplementation,
  { toolchain, runtimeVersion }: { readonly toolchain: Toolchain; readonly runtimeVersion: string },
  context: PrepareOptions,
): Promise<PreparationOutcome> {
  const rootDir = context.rootDir ?? harnessRoot;
  const built = await buildImplementation({ ...context, located, rootDir, toolchain, onProgress: context.onStep });
  const preparedImplementation: PreparedImplementation = {
    located,
    toolchain,
    buildDir: built.dir,
    sourceHash: built.hash,
  };
  const outcome = await conformOnce(preparedImplementation, context);
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
  return { preparation, preparedImplementation: passed ? preparedImplementation : null };
}

/** A pass is remembered for the same sources, toolchain, contract and vectors; a failure is always looked at anew. */
async function conformOnce(
  preparedImplementation: PreparedImplementation,
  context: PrepareOptions,
): Promise<ConformanceOutcome> {
  const { id, service } = preparedImplementation.located.implementation;
  if (context.conform === null) return { checkCount: 0, failures: [], statementsHash: null };
  const hashes = [preparedImplementation.sourceHash, await contractHash(service, benchDir)];
  const stampPath = join(context.cacheDir, 'conformed', [id, ...hashes, 'statements.json'].join('-'));
  const stamp = await readFile(stampPath, 'utf8').catch(() => null);
  if (stamp !== null) return { ...JSON.parse(stamp), failures: [] };
  context.onStep(`${id}: checking the contract's vectors`);
  const outcome = await context.conform(preparedImplementation);
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

/** Why a run has not a single trial to do: for each implementation its reason and its remedy. */
export function nothingMeasured(preparations: readonly Preparation[]): HarnessError {
  if (preparations.length === 0) return noImplementation();
  const why = preparations.map((one) => `\n  ${one.manifest.id}: ${reasonOf(one).replaceAll('\n', '\n    ')}`).join('');
  const broken = preparations.some(({ status }) => status === 'ready');
  const isBuilt = !preparations.some((one) => one.status === 'failed' && one.code === 'build-failed');
  return new HarnessError(
    broken ? 'conformance-failed' : 'cannot-measure',
    `nothing could be measured:${why}`,
    remedyOf(broken, isBuilt),
  );
}

function remedyOf(broken: boolean, isBuilt: boolean): string {
  if (broken) return '`paceline conform` shows every check that fails';
  if (!isBuilt) return 'mend what the build says above, then run again';
  return '`paceline doctor` shows what this machine has and lacks';
}

function noImplementation(): HarnessError {
  return new HarnessError(
    'cannot-measure',
    'no implementation of the scenario’s service is in impls/',
    'name the folder that holds one with --impls DIR (for known-answers: --impls test/fixtures/impls)',
  );
}

function reasonOf(preparation: Preparation): string {
  if (preparation.status === 'skipped') return `${preparation.reason}\nremedy: ${preparation.remedy}`;
  if (preparation.status === 'failed') return preparation.message;
  return 'conformance failed, as told above';
}

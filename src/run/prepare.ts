import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { Preparation } from '../model/run-result.ts';
import type { Service } from '../model/service.ts';
import type { Warning } from '../model/warning.ts';
import { writeFileAtomically } from '../store/write-file.ts';
import { BuildFailure, type BuildResult, buildImplementation } from '../target/build.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { checkToolchain, type Toolchain, type ToolchainOptions } from '../target/toolchain.ts';
import { conformToConfig, conformToVectors, withCountedLoad, withLifecycle } from './conform/conform.ts';
import type { ConformanceOutcome } from './conform/subject.ts';
import { benchDir } from './paths.ts';
import type { Candidate, PreparationOutcome, PreparedImplementation, PreparedSet } from './prepared-implementation.ts';
import type { DeclaredWorkload } from './project.ts';
import type { RunReporter } from './reporter.ts';
import type { Session } from './session/session.ts';
import { trackProcessGroup } from './session/tracked-resources.ts';
import { runningWarnings } from './trial/running-target.ts';

interface PrepareOptions {
  /** What `sources` are relative to. */
  readonly rootDir: string;
  /** Where builds and passed checks are kept. */
  readonly cacheDir: string;
  /** By id. A service without an entry has no vectors: a primitive's result carries its own check. */
  readonly services: ReadonlyMap<string, Service>;
  /** By `${service}/${workload}`: what is asked once of a service without vectors. */
  readonly workloads: ReadonlyMap<string, DeclaredWorkload>;
  /** Of the rows that vectors run on. */
  readonly seed: number;
}

type PrepareReporter = Pick<RunReporter, 'onStep' | 'onPrepared'>;

/** Whether this machine has what each of them needs. */
export function checkCandidates(
  located: readonly LocatedImplementation[],
  options: ToolchainOptions,
): Promise<Candidate[]> {
  return Promise.all(located.map(async (one) => ({ located: one, available: await checkToolchain(one, options) })));
}

/**
 * Template databases, builds and conformance, one implementation after another. What goes wrong with one is data, and the others
 * go on. Aborting throws the signal's reason.
 */
export async function prepareAll(
  session: Session,
  candidates: readonly Candidate[],
  options: PrepareOptions,
  reporter: PrepareReporter,
): Promise<PreparedSet> {
  await openTemplates(session, candidates, options);
  const preparations: Preparation[] = [];
  const byId = new Map<string, PreparedImplementation>();
  const warnings: Warning[] = [];
  for (const candidate of candidates) {
    session.signal.throwIfAborted();
    const { preparation, preparedImplementation, ...own } = await prepare(session, candidate, options, reporter);
    reporter.onPrepared(preparation);
    preparations.push(preparation);
    warnings.push(...own.warnings);
    if (preparedImplementation !== null) byId.set(preparation.manifest.id, preparedImplementation);
  }
  return { preparations, byId, warnings };
}

/** Only of services that an available candidate has. */
async function openTemplates(
  session: Session,
  candidates: readonly Candidate[],
  { services, seed }: PrepareOptions,
): Promise<void> {
  const available = candidates.filter((one) => one.available.status === 'available');
  const needed = new Set<string>(available.map(({ located }) => located.implementation.service));
  for (const service of services.values()) if (needed.has(service.id)) await session.openTemplate(service, seed);
}

async function prepare(
  session: Session,
  { located, available }: Candidate,
  options: PrepareOptions,
  reporter: PrepareReporter,
): Promise<PreparationOutcome> {
  const manifest = located.implementation;
  if (available.status === 'missing') {
    const { reason, remedy } = available;
    return notPrepared({ status: 'skipped', manifest, reason, remedy });
  }
  try {
    const { toolchain, runtimeVersion } = available;
    const built = await build(session, located, toolchain, { ...options, onStep: reporter.onStep });
    const outcome = await conformOnce(session, built.preparedImplementation, options, reporter);
    const { warnings, ...own } = outcomeOf(built, runtimeVersion, outcome);
    return { ...own, warnings: [...warnings, ...(await runningWarnings(manifest))] };
  } catch (error) {
    if (session.signal.aborted || !(error instanceof HarnessError)) throw error;
    const { code, message } = error;
    const logTail = error instanceof BuildFailure ? error.logTail : '';
    return notPrepared({ status: 'failed', manifest, code, message, logTail });
  }
}

function notPrepared(preparation: Preparation): PreparationOutcome {
  return { preparation, preparedImplementation: null, warnings: [] };
}

interface Built {
  readonly result: BuildResult;
  readonly preparedImplementation: PreparedImplementation;
}

/** Builds within a session: the build tools are in its cleanup registry while they run. Throws BuildFailure. */
export async function build(
  { signal, cleanupRegistry }: Session,
  located: LocatedImplementation,
  toolchain: Toolchain,
  { rootDir, cacheDir, onStep }: Pick<PrepareOptions, 'rootDir' | 'cacheDir'> & Pick<RunReporter, 'onStep'>,
): Promise<Built> {
  const result = await buildImplementation({
    ...{ located, rootDir, cacheDir, toolchain, signal },
    onProgress: onStep,
    trackProcessGroup: (pid) => trackProcessGroup(cleanupRegistry, pid),
  });
  if (result.unreached !== null)
    onStep(`${located.implementation.id}: its build does not reach it: ${result.unreached}`);
  return { result, preparedImplementation: { located, toolchain, buildDir: result.dir, sourceHash: result.hash } };
}

function outcomeOf(
  { result, preparedImplementation }: Built,
  runtimeVersion: string,
  { checkCount, failures, statementsHash, countedLoad, wire }: ConformanceOutcome,
): PreparationOutcome {
  const passed = failures.length === 0;
  const preparation: Preparation = {
    status: 'ready',
    manifest: preparedImplementation.located.implementation,
    sourceHash: result.hash,
    runtimeVersion,
    buildMs: result.durationMs,
    buildCached: result.cached,
    buildEnvironment: result.environment,
    conformance: passed
      ? { status: 'passed', checkCount, statementsHash, countedLoad, wire: wire === null ? null : [...wire] }
      : { status: 'failed', checkCount, failures: [...failures] },
  };
  const warnings = unreachedWarnings(preparation.manifest.id, result);
  return { preparation, preparedImplementation: passed ? preparedImplementation : null, warnings };
}

/** Its numbers are those of a program that was not prepared. */
function unreachedWarnings(id: string, { unreached }: BuildResult): Warning[] {
  if (unreached === null) return [];
  const message = `${id} starts without what its build prepared: ${unreached}`;
  return [
    {
      code: 'build-unreached',
      message,
      advice: 'remove its folder in .cache/builds, or run as the user whom the checkout belongs to',
    },
  ];
}

/** A pass is remembered for the same sources, toolchain, contract and vectors; a failure is always checked anew. */
async function conformOnce(
  session: Session,
  preparedImplementation: PreparedImplementation,
  { services, workloads, seed, cacheDir }: PrepareOptions,
  reporter: PrepareReporter,
): Promise<ConformanceOutcome> {
  const { id, service: serviceId } = preparedImplementation.located.implementation;
  const service = services.get(serviceId);
  if (service === undefined)
    return { checkCount: 0, failures: [], statementsHash: null, countedLoad: null, wire: null };
  if (service.contractDir !== undefined) {
    const vectors = service.contractDir === null ? '' : "checking the contract's vectors and ";
    reporter.onStep(`${id}: ${vectors}trying each request once`);
    const own = [...workloads.values()].filter((workload) => workload.service === serviceId);
    return conformToConfig({ preparedImplementation, service, seed, session }, own);
  }
  const hashes = [preparedImplementation.sourceHash, await contractHash(serviceId, benchDir)];
  const stampPath = join(cacheDir, 'conformed', [id, ...hashes, 'wire.json'].join('-'));
  const stamp = await readFile(stampPath, 'utf8').catch(() => null);
  if (stamp !== null) return { ...JSON.parse(stamp), failures: [] };
  reporter.onStep(`${id}: checking the contract's vectors`);
  const subject = { preparedImplementation, service, seed, session };
  const vectors = await conformToVectors(subject);
  if (vectors.failures.length === 0 && service.countedLoad !== null)
    reporter.onStep(`${id}: counting its statements under load`);
  const counted = vectors.failures.length === 0 ? await withCountedLoad(vectors, subject) : vectors;
  const isFull = isFullyChecked(preparedImplementation) && counted.failures.length === 0;
  if (isFull) reporter.onStep(`${id}: checking the rest of its contract`);
  const outcome = isFull ? await withLifecycle(counted, subject) : counted;
  if (outcome.failures.length === 0) {
    const { checkCount, statementsHash, countedLoad, wire } = outcome;
    // Whole at any moment: another run may read it.
    await writeFileAtomically(stampPath, JSON.stringify({ checkCount, statementsHash, countedLoad, wire }));
  }
  return outcome;
}

/** Optional ones were not measured before: only a whole contract lets them into a table. A variant is the program of its base. */
function isFullyChecked({ located: { implementation } }: PreparedImplementation): boolean {
  return implementation.optional === true && implementation.variantOf === undefined;
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
  if (broken)
    return 'correct what is named above; of paceline’s own services, `paceline conform` shows every check that fails';
  if (!isBuilt) return 'fix what the build says above, then run again';
  return '`paceline doctor` shows what this machine has and lacks';
}

function noImplementation(): HarnessError {
  return new HarnessError(
    'cannot-measure',
    'no implementation of the scenario’s service is in impls/',
    'name the folder that holds one with --impls DIR (for known-answers: --impls test/fixtures/impls)',
  );
}

const maxShownFailures = 5;

function reasonOf(preparation: Preparation): string {
  if (preparation.status === 'skipped') return `${preparation.reason}\nremedy: ${preparation.remedy}`;
  if (preparation.status === 'failed') return preparation.message;
  if (preparation.status === 'imported') return 'imported';
  const failures = preparation.conformance.status === 'failed' ? preparation.conformance.failures : [];
  const shown = failures.slice(0, maxShownFailures).map((failure) => `\n${failure}`);
  const more = failures.length - shown.length;
  return `conformance failed:${shown.join('')}${more > 0 ? `\nand ${more} more` : ''}`;
}

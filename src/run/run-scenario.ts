import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Implementation } from '../model/implementation.ts';
import type { Primitive, PrimitiveFacts, PrimitiveSpec } from '../model/primitive.ts';
import { type Preparation, type RunResult, schemaVersion } from '../model/run-result.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Workload } from '../model/workload.ts';
import type { ProbeMethod } from '../probe/probe.ts';
import { createRandom } from '../stats/random.ts';
import { resultPath } from '../store/result-folder.ts';
import { type LocatedImplementation, scanImplementations } from '../target/manifest.ts';
import { checkToolchain, type ToolchainCheck } from '../target/toolchain.ts';
import { conformToVectors } from './conform/conform.ts';
import {
  loadPrimitives,
  loadScenario,
  loadService,
  loadWorkload,
  selectImplementations,
  serviceIds,
  workloadIds,
} from './declarations.ts';
import { currentCommit } from './initial-result.ts';
import { ignoredByPrimitives, type ScenarioOverrides, withOverrides } from './overrides.ts';
import { implsDir, resultsDir, rootDir } from './paths.ts';
import { plan, trialMs } from './plan.ts';
import { nothingMeasured, type PreparationOutcome, type PreparedImplementation, prepare } from './prepare.ts';
import { measurePrimitive } from './primitives/measure-case.ts';
import { planPrimitives, primitiveMs, skipReason } from './primitives/plan.ts';
import { preparePrimitiveData } from './primitives/prepare.ts';
import type { RunReporter } from './reporter.ts';
import { openSession, type Session, trackProcessGroup } from './session/session.ts';
import { createTrialEnvironment } from './trial/create-environment.ts';
import { runTrial } from './trial/trial.ts';
import { type PreparedPrimitives, runTrials } from './trial-loop.ts';

export interface RunRequest {
  readonly scenario: string;
  readonly implementationGlobs: readonly string[];
  /** Looked through beside impls/. */
  readonly implementationDirs: readonly string[];
  readonly overrides: ScenarioOverrides;
  readonly limit: TrialSpec['resourceLimit'];
  readonly probe: ProbeMethod | null;
  readonly transport: 'native' | 'portable' | null;
  /** null: results/<machine>/… */
  readonly out: string | null;
  readonly maxAttempts: number;
  readonly saveReference: boolean;
}

export interface RunContext {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

export interface Declarations {
  readonly scenario: Scenario;
  readonly services: ReadonlyMap<string, Service>;
  readonly workloads: ReadonlyMap<string, Workload>;
  /** Empty where the scenario measures none. */
  readonly primitives: readonly Primitive[];
}

/** Does a run from its name to its finished result file. Everything opened is closed on every path. */
export async function runScenario(
  request: RunRequest,
  { signal, env }: RunContext,
  reporter: RunReporter,
): Promise<{ readonly result: RunResult; readonly path: string }> {
  const scenario = withOverrides(await loadScenario(request.scenario), request.overrides, await workloadsByService());
  const located = selectImplementations(
    await scanImplementations([implsDir, ...request.implementationDirs]),
    scenario,
    request.implementationGlobs,
  );
  if (located.length === 0) throw nothingMeasured([]);
  const asked = requestedScenario(located, scenario);
  if (located.some(({ implementation }) => implementation.service === 'primitives')) {
    const ignored = ignoredByPrimitives(asked, request.overrides);
    if (ignored !== null) reporter.onStep(ignored);
  }
  const declarations = await loadDeclarations(asked);
  const checked = await Promise.all(
    located.map(async (one) => ({ located: one, available: await checkToolchain(one.implementation) })),
  );
  announcePlan(checked, declarations, request, reporter);
  const session = await openSession({
    ...{ signal, env, probe: request.probe, transport: request.transport, onStep: reporter.onStep },
  });
  try {
    return await measure(checked, declarations, request, session, reporter);
  } finally {
    await session.close();
  }
}

interface Candidate {
  readonly located: LocatedImplementation;
  readonly available: ToolchainCheck;
}

/** Without the questions that none of the implementations answers. */
function requestedScenario(located: readonly LocatedImplementation[], scenario: Scenario): Scenario {
  const services = new Set(located.map(({ implementation }) => implementation.service as string));
  return { ...scenario, entries: scenario.entries.filter(({ service }) => services.has(service)) };
}

/** Ids of workloads by service, as overrides ask for them. */
export async function workloadsByService(): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = (await serviceIds()).map(async (id) => [id, await workloadIds(id)] as const);
  return new Map(await Promise.all(entries));
}

/** What a scenario names. */
export async function loadDeclarations(scenario: Scenario): Promise<Declarations> {
  const services = new Map<string, Service>();
  const workloads = new Map<string, Workload>();
  for (const { service, workload } of scenario.entries) {
    services.set(service, await loadService(service));
    workloads.set(`${service}/${workload}`, await loadWorkload(service, workload));
  }
  const primitives = scenario.primitives === null ? [] : await loadPrimitives(scenario.primitives.ids);
  return { scenario, services, workloads, primitives };
}

function announcePlan(
  checked: readonly Candidate[],
  declarations: Declarations,
  request: RunRequest,
  reporter: RunReporter,
): void {
  const available = checked
    .filter((one) => one.available.status === 'available')
    .map(({ located }) => located.implementation);
  const specs = plan({ ...declarations, implementations: available, limit: request.limit });
  const cases = planCases(declarations, available);
  reporter.onPlan({
    scenarioDescription: `${declarations.scenario.id}: ${declarations.scenario.description}`,
    implementationIds: available.map(({ id }) => id),
    skipped: checked.flatMap(({ located, available: answer }) =>
      answer.status === 'missing'
        ? [{ id: located.implementation.id, reason: answer.reason, remedy: answer.remedy }]
        : [],
    ),
    trialCount: specs.length,
    primitiveCount: cases.length,
    expectedMs: sumOf(specs.map(trialMs)) + sumOf(cases.map((spec) => expectedMs(spec, declarations))),
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A small machine must not be driven into its own limit by a case. */
const maxMemoryShare = 0.5;

function planCases(
  { scenario, primitives }: Declarations,
  implementations: readonly Implementation[],
): PrimitiveSpec[] {
  if (scenario.primitives === null) return [];
  const runners = implementations.filter(({ service }) => service === 'primitives');
  const { primitives: profile, seed } = scenario;
  const memoryLimitBytes = Math.min(profile.memoryLimitBytes, Math.floor(totalmem() * maxMemoryShare));
  return planPrimitives({
    profile: { ...profile, memoryLimitBytes },
    primitives,
    runners,
    seed,
    random: createRandom(seed),
  });
}

function expectedMs(spec: PrimitiveSpec, declarations: Declarations): number {
  return primitiveMs(spec, primitiveOf(spec, declarations).kind);
}

function primitiveOf({ primitive }: PrimitiveSpec, { primitives }: Declarations): Primitive {
  return primitives.find(({ id }) => id === primitive) as Primitive;
}

async function measure(
  checked: readonly Candidate[],
  declarations: Declarations,
  request: RunRequest,
  session: Session,
  reporter: RunReporter,
): Promise<{ result: RunResult; path: string }> {
  await openDatabases(checked, declarations, session);
  const prepared = await prepareAll(checked, declarations, session, reporter);
  const preparedById = new Map(
    prepared.flatMap(({ preparedImplementation }) =>
      preparedImplementation === null
        ? []
        : [[preparedImplementation.located.implementation.id, preparedImplementation] as const],
    ),
  );
  if (preparedById.size === 0) throw nothingMeasured(prepared.map(({ preparation }) => preparation));
  const implementations = [...preparedById.values()].map(({ located }) => located.implementation);
  const specs = plan({ ...declarations, implementations, limit: request.limit });
  const result = await initialResult(
    declarations,
    prepared.map(({ preparation }) => preparation),
    { command: commandOf(request), commit: await currentCommit() },
    session,
  );
  const path = request.out ?? resultPath(request.saveReference ? join(resultsDir, 'reference') : resultsDir, result);
  const runOne = (spec: TrialSpec) => {
    const service = declarations.services.get(spec.service) as Service;
    const preparedImplementation = preparedById.get(spec.implementation) as PreparedImplementation;
    return runTrial(
      spec,
      service.database?.invariants ?? [],
      createTrialEnvironment({ spec, service, preparedImplementation, session, onPhase: reporter.onPhase }),
    );
  };
  const finished = await runTrials(
    {
      result,
      specs,
      primitives: await preparePrimitives(declarations, preparedById, session),
      path,
      maxAttempts: request.maxAttempts,
      runTrial: runOne,
    },
    reporter,
    () => new Date().toISOString(),
  );
  return { result: finished, path };
}

async function preparePrimitives(
  declarations: Declarations,
  preparedById: ReadonlyMap<string, PreparedImplementation>,
  session: Session,
): Promise<PreparedPrimitives> {
  const implementations = [...preparedById.values()].map(({ located }) => located.implementation);
  const { primitives, scenario } = declarations;
  const data = primitives.some(({ usesData }) => usesData)
    ? await preparePrimitiveData(session.cacheDir, scenario.seed)
    : null;
  return {
    specs: planCases(declarations, implementations),
    expectedMs: (spec) => expectedMs(spec, declarations),
    skipReason: (spec, done) => skipReason(spec, primitiveOf(spec, declarations), done),
    measure(spec) {
      const preparedImplementation = preparedById.get(spec.implementation) as PreparedImplementation;
      return measurePrimitive({
        spec,
        primitive: primitiveOf(spec, declarations),
        preparedImplementation,
        session,
        data,
      });
    },
  };
}

/** Only of services that somebody here can be asked for. */
async function openDatabases(
  checked: readonly Candidate[],
  { services, scenario }: Declarations,
  session: Session,
): Promise<void> {
  const available = checked.filter((one) => one.available.status === 'available');
  const asked = new Set(available.map(({ located }) => located.implementation.service));
  for (const service of services.values())
    if (asked.has(service.id as Implementation['service'])) await session.openTemplate(service, scenario.seed);
}

async function prepareAll(
  checked: readonly Candidate[],
  { services, scenario }: Declarations,
  session: Session,
  reporter: RunReporter,
): Promise<PreparationOutcome[]> {
  const prepared: PreparationOutcome[] = [];
  for (const { located, available } of checked) {
    session.signal.throwIfAborted();
    const service = services.get(located.implementation.service) ?? null;
    const one = await prepare(located, available, {
      rootDir: null,
      cacheDir: session.cacheDir,
      signal: session.signal,
      onStep: reporter.onStep,
      trackProcessGroup: (pid) => trackProcessGroup(session.cleanupRegistry, pid),
      conform:
        service === null
          ? null
          : (preparedImplementation) =>
              conformToVectors({ preparedImplementation, service, seed: scenario.seed, session }),
    });
    reporter.onPrepared(one.preparation);
    prepared.push(one);
  }
  return prepared;
}

/** A result before its first trial. */
export async function initialResult(
  { scenario, workloads, primitives }: Declarations,
  implementations: Preparation[],
  origin: Pick<RunResult, 'command' | 'commit'>,
  session: Session,
): Promise<RunResult> {
  const startedAt = new Date().toISOString();
  return {
    schemaVersion,
    runId: crypto.randomUUID(),
    state: 'running',
    startedAt,
    finishedAt: null,
    ...origin,
    machine: session.machine,
    versions: { node: process.versions.node, paceline: await packageVersion() },
    scenario,
    workloads: [...workloads.values()].map(({ service, id, version, description }) => ({
      service,
      id,
      version,
      description,
    })),
    database: session.databaseFacts(),
    implementations,
    plannedTrialCount: 0,
    trials: [],
    primitiveFacts: primitives.map(primitiveFactsOf),
    plannedPrimitiveCount: 0,
    primitives: [],
    warnings: [...session.warnings()],
  };
}

function primitiveFactsOf({ order, sizes, usesData, programs, cases: variants, ...facts }: Primitive): PrimitiveFacts {
  const flat = Object.entries(variants).flatMap(([language, own]) => own.map((variant) => ({ language, ...variant })));
  return { ...facts, cases: flat };
}

async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(rootDir, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The command that repeats a run, with every flag that changes what is measured. */
function commandOf({
  scenario,
  implementationGlobs,
  implementationDirs,
  overrides,
  limit,
  probe,
  transport,
  maxAttempts,
}: RunRequest): string {
  const flags = [
    ...implementationDirs.map((dir) => `--impls '${dir}'`),
    ...implementationGlobs.map((glob) => `--impl '${glob}'`),
    overrides.workload === null ? '' : `--workload ${overrides.workload}`,
    overrides.ratesPerSec === null ? '' : `--rate ${overrides.ratesPerSec.join(',')}`,
    overrides.trialCount === null ? '' : `--trials ${overrides.trialCount}`,
    overrides.measureMs === null ? '' : `--duration ${overrides.measureMs / 1000}`,
    overrides.warmupCount === null ? '' : `--warmup ${overrides.warmupCount}`,
    overrides.workerCount === null ? '' : `--workers ${overrides.workerCount}`,
    overrides.crashCount === null ? '' : `--crashes ${overrides.crashCount}`,
    ...(overrides.only ?? []).map((id) => `--only ${id}`),
    limit === null ? '' : `--limit ${limitText(limit)}`,
    probe === null ? '' : `--probe ${probe}`,
    transport === null ? '' : `--transport ${transport}`,
    maxAttempts === 3 ? '' : `--attempts ${maxAttempts}`,
  ];
  return ['npm run bench -- run', scenario, ...flags].filter((part) => part !== '').join(' ');
}

function limitText({ cpuCount, memoryBytes }: NonNullable<TrialSpec['resourceLimit']>): string {
  const parts = [cpuCount === null ? '' : `cpu=${cpuCount}`, memoryBytes === null ? '' : `memory=${memoryBytes}`];
  return parts.filter((part) => part !== '').join(',');
}

import { join } from 'node:path';
import { assertExportable } from '../k6/export.ts';
import { findK6, type K6Program } from '../k6/program.ts';
import { questionId, questionOf } from '../model/cell-key.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Profile } from '../model/profile.ts';
import type { RankingPlan, RunResult } from '../model/run-result.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TrialSpec } from '../model/trial.ts';
import { unknownName } from '../model/unknown-name.ts';
import type { ProbeMethod } from '../probe/probe.ts';
import { writeResult } from '../store/result-file.ts';
import { resultPath } from '../store/result-folder.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import {
  type Declarations,
  loadDeclarations,
  runtimeNames,
  selectImplementations,
  withoutVariants,
  workloadsByService,
} from './declarations.ts';
import { currentCommit, initialResult } from './initial-result.ts';
import {
  assertCanNarrow,
  minRoundCount,
  type OpenPlan,
  type OpenRoundsRequest,
  planOpenRounds,
  withRoundCount,
} from './open-rounds.ts';
import { ignoredByPrimitives, type ScenarioOverrides, withOverrides } from './overrides.ts';
import { cacheDir } from './paths.ts';
import { expectedSpecs, type PlanInput, plan, trialMs } from './plan.ts';
import { checkCandidates, nothingMeasured, prepareAll } from './prepare.ts';
import type { Candidate, PreparedImplementation, PreparedSet } from './prepared-implementation.ts';
import { expectedMs, planCases } from './primitives/plan.ts';
import { preparePrimitives } from './primitives/prepare.ts';
import { type ProfileRequest, profileTrial } from './profile/profile-trial.ts';
import { type DeclaredWorkload, locateAll, type Project } from './project.ts';
import type { PlanSummary, RunReporter } from './reporter.ts';
import { installMissing } from './runtimes.ts';
import { type Session, withSession } from './session/session.ts';
import { trackOutputs } from './session/tracked-resources.ts';
import { createTrialRunner } from './trial/create-environment.ts';
import { type PreparedRun, runTrials } from './trial-loop.ts';

export interface RunRequest {
  readonly scenario: string;
  readonly implementationGlobs: readonly string[];
  /** Optional implementations of these runtimes are measured too. */
  readonly runtimes: readonly string[];
  /** Globs over variants that are measured beside what is chosen; null: none. */
  readonly variants: readonly string[] | null;
  /** Looked through beside impls/. */
  readonly implementationDirs: readonly string[];
  readonly overrides: ScenarioOverrides;
  readonly limit: TrialSpec['resourceLimit'];
  readonly probe: ProbeMethod | null;
  readonly transport: 'native' | 'portable' | null;
  /** What sends the requests. */
  readonly engine: 'paceline' | 'k6';
  /** null: results/<machine>/… */
  readonly out: string | null;
  readonly maxAttempts: number;
  /** Ids of what is profiled when all trials are made. */
  readonly profileIds: readonly string[];
  readonly saveReference: boolean;
  readonly ranking: Pick<RankingPlan, 'against'>;
  /** null: as many rounds as the scenario says. */
  readonly until: OpenRoundsRequest | null;
  /** What repeats the run, for the result. */
  readonly command: string;
}

export interface RunContext {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly project: Project;
}

interface FinishedRun {
  readonly result: RunResult;
  readonly path: string;
}

/** Does a run from its name to its finished result file. Everything opened is closed on every path. */
export async function runScenario(
  request: RunRequest,
  { signal, env, project }: RunContext,
  reporter: RunReporter,
): Promise<FinishedRun> {
  const declared = await project.loadScenario(request.scenario);
  const scenario = withOverrides(declared, request.overrides, await workloadsByService(project));
  const limit = request.limit ?? project.limit;
  const scanned = await locateAll(project, request.implementationDirs);
  const located = selectImplementations(scanned, scenario, { ...request, globs: request.implementationGlobs });
  if (located.length === 0) throw nothingMeasured([]);
  assertBaselineMeasured(request.ranking, located);
  assertProfiledMeasured(request.profileIds, located);
  const requested = requestedScenario(located, scenario);
  reportIgnoredFlags(located, requested, request, reporter);
  const declarations = await loadDeclarations(project, requested);
  const { probe, transport, implementationGlobs } = request;
  const k6 = request.engine === 'k6' ? await k6For(declarations, env) : null;
  return withSession({ signal, env, probe, transport, k6, onStep: reporter.onStep }, async (session) => {
    await installMissing(located.filter(isAskedFor), session, reporter.onStep);
    const candidates = await checkCandidates(located, session);
    const otherRuntimes = implementationGlobs.length > 0 ? [] : notMeasured(scanned, located, requested);
    announcePlan(candidates, otherRuntimes, declarations, { ...request, limit }, reporter);
    return measure(candidates, declarations, { ...request, limit, project }, session, reporter);
  });
}

/** Before anything is built: what k6 cannot send, or that there is none. */
async function k6For({ scenario, services, workloads }: Declarations, env: NodeJS.ProcessEnv): Promise<K6Program> {
  if (scenario.entries.length === 0)
    throw new HarnessError(
      'usage',
      '--engine cannot be used here: only primitives are measured, and no request is sent to them',
      'leave --engine k6 out',
    );
  for (const { service, workload, loadPlan, ratesPerSec } of scenario.entries) {
    const declared = workloads.get(`${service}/${workload}`) as DeclaredWorkload;
    const contractVersion = services.get(service)?.contractVersion ?? 1;
    const rates = ratesPerSec.length > 0 ? ratesPerSec : [declared.fixedRatePerSec ?? 0];
    for (const ratePerSec of rates)
      assertExportable({ ...declared, contractVersion }, { ...loadPlan, ratePerSec, seed: scenario.seed });
  }
  return findK6({ env, cacheDir: cacheDir(env) });
}

function assertBaselineMeasured({ against }: RunRequest['ranking'], located: readonly LocatedImplementation[]): void {
  const ids = located.map(({ implementation }) => implementation.id);
  if (against !== null && !ids.includes(against)) throw unknownName('implementation for --against', against, ids);
}

function assertProfiledMeasured(profileIds: readonly string[], located: readonly LocatedImplementation[]): void {
  const ids = located.map(({ implementation }) => implementation.id);
  const unknown = profileIds.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw unknownName('implementation for --profile', unknown, ids);
}

/** A selection holds an optional one only where it was asked for. */
function isAskedFor({ implementation }: LocatedImplementation): boolean {
  return implementation.optional ?? false;
}

/** Runtimes of optional implementations that would answer the same questions. */
function notMeasured(
  scanned: readonly LocatedImplementation[],
  located: readonly LocatedImplementation[],
  { entries }: Scenario,
): string[] {
  const services = new Set(entries.map(({ service }) => service));
  const measured = runtimeNames(located);
  const others = withoutVariants(scanned).filter(
    ({ implementation }) => implementation.optional && services.has(implementation.service),
  );
  return runtimeNames(others).filter((name) => !measured.includes(name));
}

/** Without the questions that none of the implementations answers. */
function requestedScenario(located: readonly LocatedImplementation[], scenario: Scenario): Scenario {
  const services = new Set<string>(located.map(({ implementation }) => implementation.service));
  return { ...scenario, entries: scenario.entries.filter(({ service }) => services.has(service)) };
}

function reportIgnoredFlags(
  located: readonly LocatedImplementation[],
  scenario: Scenario,
  { overrides }: RunRequest,
  reporter: RunReporter,
): void {
  if (!located.some(({ implementation }) => implementation.service === 'primitives')) return;
  const ignored = ignoredByPrimitives(scenario, overrides);
  if (ignored !== null) reporter.onStep(ignored);
}

function headlineOf(specs: readonly TrialSpec[]): PlanSummary['headline'] {
  const first = specs.find(({ loadPlan }) => loadPlan.ratePerSec > 0);
  if (first === undefined) return null;
  const question = questionOf(first);
  const own = specs.filter((spec) => questionId(questionOf(spec)) === questionId(question));
  return {
    question,
    implementationCount: new Set(own.map(({ implementation }) => implementation)).size,
    roundCount: new Set(own.map(({ repetition }) => repetition)).size,
  };
}

function announcePlan(
  candidates: readonly Candidate[],
  otherRuntimes: readonly string[],
  declarations: Declarations,
  { limit, until }: Pick<RunRequest, 'limit' | 'until'>,
  reporter: RunReporter,
): void {
  const available = candidates
    .filter((one) => one.available.status === 'available')
    .map(({ located }) => located.implementation);
  const input = { ...declarations, implementations: available, limit };
  const open = until === null ? null : planOpenRounds(input);
  if (open !== null && until !== null) assertCanNarrow(open, input, until.timeBudgetMs);
  const specs = plannedSpecs(input, open);
  const cases = planCases(declarations, available);
  const expected = expectedSpecs(specs);
  const parts = expectedParts(expected, sumOf(cases.map((spec) => expectedMs(spec, declarations))));
  reporter.onPlan({
    scenarioDescription: `${declarations.scenario.id}: ${declarations.scenario.description}`,
    implementationIds: available.map(({ id }) => id),
    otherRuntimes,
    skipped: candidates.flatMap(({ located, available: answer }) =>
      answer.status === 'missing'
        ? [{ id: located.implementation.id, reason: answer.reason, remedy: answer.remedy }]
        : [],
    ),
    headline: headlineOf(specs),
    trialCount: specs.length,
    expectedTrialCount: expected.length,
    primitiveCount: cases.length,
    expectedMs: sumOf(parts.map((part) => part.expectedMs)),
    until,
    parts,
  });
}

/** All that is sure to be made. */
function plannedSpecs(input: PlanInput, open: OpenPlan | null): TrialSpec[] {
  return open === null ? plan(input) : [...open.fixed, ...open.rounds.slice(0, minRoundCount).flat()];
}

/** In the order in which they are measured. */
function expectedParts(specs: readonly TrialSpec[], primitivesMs: number): PlanSummary['parts'] {
  const services = [...Map.groupBy(specs, ({ service }) => service)].map(([service, own]) => ({
    service,
    expectedMs: sumOf(own.map(trialMs)),
  }));
  return primitivesMs === 0 ? services : [...services, { service: 'primitives', expectedMs: primitivesMs }];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

async function measure(
  candidates: readonly Candidate[],
  declarations: Declarations,
  request: RunRequest & Pick<RunContext, 'project'>,
  session: Session,
  reporter: RunReporter,
): Promise<FinishedRun> {
  const { scenario } = declarations;
  const { rootDir, resultsDir } = request.project;
  const places = { rootDir, cacheDir: session.cacheDir };
  const prepared = await prepareAll(session, candidates, { ...places, ...declarations, seed: scenario.seed }, reporter);
  if (prepared.byId.size === 0) throw nothingMeasured(prepared.preparations);
  const implementations = [...prepared.byId.values()].map(({ located }) => located.implementation);
  const commit = await currentCommit(request.project);
  const input = { ...declarations, implementations, limit: request.limit };
  const open = openRoundsOf(request, input, reporter);
  const origin = { command: request.command, commit, ranking: rankingPlan(request.ranking, open?.request ?? null) };
  const asked = open === null ? scenario : withRoundCount(scenario, open.plan, minRoundCount);
  const result = await initialResult({ ...declarations, scenario: asked }, prepared, origin, session);
  const path = request.out ?? resultPath(request.saveReference ? join(resultsDir, 'reference') : resultsDir, result);
  const runTrial = createTrialRunner(session, declarations, reporter);
  const primitives = await preparePrimitives(declarations, prepared.byId, session);
  const release = trackOutputs(session.cleanupRegistry, [path]);
  const finished = await runTrials(
    {
      result,
      specs: plannedSpecs(input, open?.plan ?? null),
      open,
      primitives,
      path,
      maxAttempts: request.maxAttempts,
      runTrial: (spec) => runTrial(spec, prepared.byId.get(spec.implementation) as PreparedImplementation),
    },
    reporter,
    () => new Date().toISOString(),
  ).finally(release);
  const profiles = await profileAll(request.profileIds, finished, prepared, {
    ...{
      declarations,
      session,
      reporter,
      rootDir,
      cacheDir: session.cacheDir,
      pathPrefix: path.replace(/\.json$/, ''),
    },
  });
  if (profiles.length === 0) return { result: finished, path };
  const withProfiles = { ...finished, profiles };
  await writeResult(path, withProfiles);
  return { result: withProfiles, path };
}

/** Of each its first question that sends requests. What was not made ready has no profile, as it has no trial. */
async function profileAll(
  ids: readonly string[],
  { trials }: RunResult,
  { byId }: PreparedSet,
  context: Omit<ProfileRequest, 'spec' | 'prepared'>,
): Promise<Profile[]> {
  const profiles: Profile[] = [];
  for (const id of new Set(ids)) {
    const spec = trials
      .map((trial) => trial.spec)
      .find((one) => one.implementation === id && one.loadPlan.ratePerSec > 0);
    const prepared = byId.get(id);
    if (spec !== undefined && prepared !== undefined) profiles.push(await profileTrial({ ...context, spec, prepared }));
  }
  return profiles;
}

/** null: not asked for, or nothing is left to compare after building and checking. */
function openRoundsOf({ until }: RunRequest, input: PlanInput, reporter: RunReporter): PreparedRun['open'] {
  if (until === null) return null;
  const planned = planOpenRounds(input);
  if (planned.rounds.length > 0) return { plan: planned, request: until };
  reporter.onStep('warning: --until has no effect: fewer than two implementations are left to compare');
  return null;
}

function rankingPlan(ranking: RunRequest['ranking'], until: RunRequest['until']): RankingPlan {
  if (until === null) return { ...ranking, until: null };
  const { halfWidthRatio, timeBudgetMs } = until;
  return { ...ranking, until: { halfWidthRatio, timeBudgetMs, ended: null } };
}

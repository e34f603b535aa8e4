import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { Profile } from '../model/profile.ts';
import type { Machine, Preparation } from '../model/run-result.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TrialSpec } from '../model/trial.ts';
import { type Declarations, idsMatching, loadDeclarations, workloadsByService } from '../run/declarations.ts';
import { noOverrides, withOverrides } from '../run/overrides.ts';
import { plan } from '../run/plan.ts';
import { checkCandidates, prepareAll } from '../run/prepare.ts';
import type { PreparedSet } from '../run/prepared-implementation.ts';
import type { Project } from '../run/project.ts';
import type { RunReporter } from '../run/reporter.ts';
import type { RunContext } from '../run/run-scenario.ts';
import { type Session, withSession } from '../run/session/session.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { type AffectedImplementation, affectedBy } from './affected.ts';
import { type Checkout, findImplementation, withCheckouts } from './checkouts.ts';
import { measurePairs, type PairsRequest, type ResultsRequest } from './measure-pairs.ts';
import { assertNamesKnown } from './named-implementations.ts';
import type { MeasuredPairs } from './pairs.ts';
import { profileSides } from './profile-sides.ts';
import { openRepository } from './repository.ts';
import {
  hasChanges,
  isSame,
  type Revision,
  type RevisionsRequest,
  revisionsOf,
  revisionText,
  type Sides,
  sameRevision,
} from './revision.ts';

export interface CommitsRequest extends RevisionsRequest, ResultsRequest {
  /** A folder in it; null: this checkout. */
  readonly repository: string | null;
  readonly scenario: string;
  /** Measured whether the change touches them or not. */
  readonly implementationGlobs: readonly string[];
  /** Looked through beside impls/ of each commit. */
  readonly implementationDirs: readonly string[];
  readonly all: boolean;
  readonly ratesPerSec: readonly number[] | null;
  readonly measureMs: number | null;
  readonly warmupCount: number | null;
}

/** Two commits laid out beside each other, to be measured by this checkout's harness. */
export interface TwoCommits {
  readonly revisions: Sides<Revision>;
  /** Base and head are the same: whatever differs is noise. */
  readonly isAA: boolean;
  readonly affected: readonly AffectedImplementation[];
  /** Ids of what is measured. */
  readonly requestedIds: readonly string[];
  readonly machine: Machine;
  /** The scenario's window. */
  readonly measureMs: number;
  /** One trial of every question to every implementation that both sides have; null: the scenario's window. */
  specs(measureMs: number | null): readonly TrialSpec[];
  /** Toolchains, builds, contracts: each once a side. What goes wrong is data. */
  prepare(): Promise<Sides<readonly Preparation[]>>;
  /** One more trial of each side under its profiler, of the first question of the spec; kept beside the two results. */
  profile(spec: TrialSpec, paths: Sides<string>): Promise<Sides<Profile>>;
  /** Made with what `prepare` made ready on both sides. */
  measure(request: PairsRequest): Promise<MeasuredPairs>;
}

/** Lays out both commits, lets them be used, and cleans everything up on every path. */
export async function withTwoCommits<T>(
  request: CommitsRequest,
  { signal, env, project }: RunContext,
  reporter: RunReporter,
  use: (commits: TwoCommits) => Promise<T>,
): Promise<T> {
  const scenario = await scenarioOf(project, request);
  const repository = await openRepository(request.repository, project);
  const revisions = await revisionsOf(repository, request, env);
  await assertNamesKnown({ repository, revisions, project }, request);
  if (request.head === 'HEAD' && (await hasChanges(repository))) {
    reporter.onStep('what is uncommitted is not measured: --head worktree measures it');
  }
  const { implementationDirs } = request;
  return withSession({ signal, env, probe: null, onStep: reporter.onStep }, (session) =>
    withCheckouts(
      { repository, revisions, implementationDirs, project },
      { ...session, onStep: reporter.onStep },
      async (checkouts) =>
        use(await twoCommits(request, scenario, { project, revisions, checkouts, session, reporter })),
    ),
  );
}

async function scenarioOf(
  project: Project,
  { scenario, ratesPerSec, measureMs, warmupCount }: CommitsRequest,
): Promise<Scenario> {
  const declared = { ...(await project.loadScenario(scenario)), primitives: null };
  const overrides = { ...noOverrides, ratesPerSec, measureMs, warmupCount };
  return withOverrides(declared, overrides, await workloadsByService(project));
}

interface CommitsContext {
  readonly project: Project;
  readonly revisions: Sides<Revision>;
  readonly checkouts: Sides<Checkout>;
  readonly session: Session;
  readonly reporter: RunReporter;
}

const nothingPrepared: PreparedSet = { preparations: [], byId: new Map(), warnings: [] };

async function twoCommits(request: CommitsRequest, scenario: Scenario, context: CommitsContext): Promise<TwoCommits> {
  const { project, revisions, checkouts, session } = context;
  const { isAA } = request;
  if (!isAA && isSame(revisions) && (request.all || request.implementationGlobs.length > 0))
    throw sameRevision(revisions.head);
  const affected = await affectedBy(checkouts);
  const requested = requestedImplementations(affected, scenario, request, isAA);
  const declarations = await declarationsOf(project, scenario, requested);
  const located = (id: string) => findImplementation(checkouts.head, id) ?? findImplementation(checkouts.base, id);
  const inBoth = requested.filter(({ change }) => change !== 'added' && change !== 'removed');
  const specsOf = (ids: readonly string[], trialCount: number, measureMs: number | null) =>
    plannedSpecs(
      declarations,
      project.limit,
      ids.flatMap((id) => located(id) ?? []),
      trialCount,
      measureMs,
    );
  let prepared: Sides<PreparedSet> = { base: nothingPrepared, head: nothingPrepared };
  return {
    ...{ revisions, isAA, affected, machine: session.machine },
    requestedIds: requested.map(({ id }) => id),
    measureMs: Math.max(0, ...declarations.scenario.entries.map(({ loadPlan }) => loadPlan.measureMs)),
    specs: (measureMs) =>
      specsOf(
        inBoth.map(({ id }) => id),
        1,
        measureMs,
      ),
    async prepare() {
      prepared = await prepareSides(requested, declarations, isAA, context);
      return { base: prepared.base.preparations, head: prepared.head.preparations };
    },
    profile: (spec, paths) => profileSides(spec, paths, { ...context, declarations, prepared }),
    measure: (pairs) => measurePairs(pairs, { ...context, request, declarations, prepared, specsOf }),
  };
}

async function prepareSides(
  requested: readonly AffectedImplementation[],
  declarations: Declarations,
  isAA: boolean,
  context: CommitsContext,
): Promise<Sides<PreparedSet>> {
  const { revisions, checkouts, session, reporter } = context;
  const { scenario } = declarations;
  const prepareSide = async (checkout: Checkout, cacheDir: string): Promise<PreparedSet> => {
    const { side } = checkout;
    reporter.onStep(`preparing ${side} (${revisionText(revisions[side])})`);
    await checkout.install();
    const own = requested.flatMap(({ id }) => findImplementation(checkout, id) ?? []);
    const options = { ...declarations, rootDir: checkout.rootDir, cacheDir, seed: scenario.seed };
    return prepareAll(session, await checkCandidates(own, session), options, reporter);
  };
  // An A/A run's sides are built apart too: what a build's layout does to numbers is part of the noise floor.
  const base = await prepareSide(checkouts.base, isAA ? join(session.cacheDir, 'aa') : session.cacheDir);
  return { base, head: await prepareSide(checkouts.head, session.cacheDir) };
}

function requestedImplementations(
  affected: readonly AffectedImplementation[],
  { entries }: Scenario,
  { implementationGlobs, all }: CommitsRequest,
  isAA: boolean,
): AffectedImplementation[] {
  const services = new Set(entries.map(({ service }) => service));
  const candidates = affected.filter(({ service }) => services.has(service));
  if (candidates.length === 0) throw notInScenario(affected, [...services]);
  if (implementationGlobs.length > 0) {
    const ids = idsMatching(
      candidates.map(({ id }) => id),
      implementationGlobs,
    );
    return candidates.filter(({ id }) => ids.includes(id));
  }
  const usual = candidates.filter(({ isOptional }) => !isOptional);
  return all || isAA ? usual : usual.filter(({ change }) => change !== 'unchanged');
}

/** Nothing that it finds could ever fail this gate. */
function notInScenario(affected: readonly AffectedImplementation[], services: readonly string[]): HarnessError {
  const found = affected.map(({ id, service }) => `${id} (${service})`).join(', ');
  return new HarnessError(
    'cannot-measure',
    `the scenario asks ${services.join(' and ')}, and the commits have only ${found}`,
    'choose a scenario of that service with --scenario (`paceline list` names them)',
  );
}

/** Of the questions that a requested implementation answers. */
function declarationsOf(
  project: Project,
  scenario: Scenario,
  requested: readonly AffectedImplementation[],
): Promise<Declarations> {
  const known = new Set(requested.map(({ service }) => service));
  const entries = scenario.entries.filter(({ service }) => known.has(service));
  return loadDeclarations(project, { ...scenario, entries });
}

function plannedSpecs(
  { scenario, ...declarations }: Declarations,
  limit: Project['limit'],
  located: readonly LocatedImplementation[],
  trialCount: number,
  measureMs: number | null,
): TrialSpec[] {
  const entries = scenario.entries.map((entry) => {
    const loadPlan = { ...entry.loadPlan, measureMs: measureMs ?? entry.loadPlan.measureMs };
    return { ...entry, trialCount, loadPlan };
  });
  const implementations = located.map(({ implementation }) => implementation);
  return plan({ ...declarations, scenario: { ...scenario, entries }, implementations, limit });
}

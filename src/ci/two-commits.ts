import { join } from 'node:path';
import type { Machine, Preparation, RunResult } from '../model/run-result.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { TrialSpec } from '../model/trial.ts';
import { conformToVectors } from '../run/conform/conform.ts';
import { idsMatching, loadScenario } from '../run/declarations.ts';
import { noOverrides, withOverrides } from '../run/overrides.ts';
import { rootDir } from '../run/paths.ts';
import { plan } from '../run/plan.ts';
import { type PreparedImplementation, prepare } from '../run/prepare.ts';
import type { RunReporter } from '../run/reporter.ts';
import {
  type Declarations,
  initialResult,
  loadDeclarations,
  type RunContext,
  workloadsByService,
} from '../run/run-scenario.ts';
import { openSession, type Session, trackProcessGroup } from '../run/session/session.ts';
import { createTrialEnvironment } from '../run/trial/create-environment.ts';
import { runTrial } from '../run/trial/trial.ts';
import { createRandom } from '../stats/random.ts';
import { resultPath } from '../store/result-folder.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { checkToolchain } from '../target/toolchain.ts';
import { type AffectedImplementation, affectedBy, type Checkout, checkoutOf, findImplementation } from './affected.ts';
import { type MeasuredPairs, planPairs, runPairs, type Sides } from './pairs.ts';
import {
  hasChanges,
  headRevision,
  mergeBase,
  type Revision,
  repositoryRoot,
  revisionOf,
  revisionText,
} from './revision.ts';
import { openWorktree, type SideName, type Worktree } from './worktree.ts';

export interface CommitsRequest {
  /** A folder in it; null: this checkout. */
  readonly repository: string | null;
  /** null: where the head left the default branch. */
  readonly base: string | null;
  /** A revision, or `worktree`: HEAD with all that is uncommitted. */
  readonly head: string;
  /** The head against itself. */
  readonly isAA: boolean;
  readonly scenario: string;
  /** Measured whether the change touches them or not. */
  readonly implementationGlobs: readonly string[];
  /** Looked through beside impls/ of each commit. */
  readonly implementationDirs: readonly string[];
  readonly all: boolean;
  readonly ratesPerSec: readonly number[] | null;
  readonly measureMs: number | null;
  readonly warmupCount: number | null;
  /** Where the result files go: <folder>/<machine>/… */
  readonly resultsDir: string;
  readonly command: string;
  readonly maxAttempts: number;
}

export interface PairsRequest {
  readonly pairCount: number;
  /** null: as the scenario says. */
  readonly measureMs: number | null;
  /** null: all that are asked. */
  readonly implementationIds: readonly string[] | null;
  /** In the names of the result files: <name>-base, <name>-head. */
  readonly name: string;
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
  /** Made with what `prepare` made ready on both sides. */
  measure(wish: PairsRequest): Promise<MeasuredPairs>;
}

/** Lays out both commits, lets them be used, and puts everything away on every path. */
export async function withTwoCommits<T>(
  request: CommitsRequest,
  { signal, env }: RunContext,
  reporter: RunReporter,
  use: (commits: TwoCommits) => Promise<T>,
): Promise<T> {
  const repository = await repositoryRoot(request.repository ?? rootDir);
  const revisions = await revisionsOf(repository, request, env);
  const scenario = await scenarioOf(request);
  if (request.head === 'HEAD' && (await hasChanges(repository))) {
    reporter.onStep('what is uncommitted is not measured: --head worktree measures it');
  }
  const session = await openSession({ signal, env, probe: null, onStep: reporter.onStep });
  const worktrees: Partial<Record<SideName, Worktree>> = {};
  try {
    const checkouts = { base: null, head: null } as Record<SideName, Checkout | null>;
    for (const side of ['base', 'head'] as const) {
      signal.throwIfAborted();
      const revision = revisions[side];
      const worktree = await openWorktree({ repository, side, revision, session, onStep: reporter.onStep });
      worktrees[side] = worktree;
      checkouts[side] = await checkoutOf(side, worktree.dir, request.implementationDirs);
    }
    const install = (side: SideName) => (worktrees[side] as Worktree).install();
    const sides = { revisions, checkouts: checkouts as Sides<Checkout>, install };
    return await use(await twoCommits(request, scenario, sides, session, reporter));
  } finally {
    try {
      for (const worktree of Object.values(worktrees)) await worktree.dispose();
    } finally {
      await session.close();
    }
  }
}

async function revisionsOf(
  repository: string,
  { base, head, isAA }: CommitsRequest,
  env: NodeJS.ProcessEnv,
): Promise<Sides<Revision>> {
  const ofHead = await headRevision(repository, head);
  if (isAA) return { base: ofHead, head: ofHead };
  const ofBase = base === null ? await mergeBase(repository, ofHead, env) : await revisionOf(repository, base);
  return { base: ofBase, head: ofHead };
}

async function scenarioOf({ scenario, ratesPerSec, measureMs, warmupCount }: CommitsRequest): Promise<Scenario> {
  const declared = { ...(await loadScenario(scenario)), primitives: null };
  const overrides = { ...noOverrides, ratesPerSec, measureMs, warmupCount };
  return withOverrides(declared, overrides, await workloadsByService());
}

interface Checkouts {
  readonly revisions: Sides<Revision>;
  readonly checkouts: Sides<Checkout>;
  install(side: SideName): Promise<void>;
}

async function twoCommits(
  request: CommitsRequest,
  scenario: Scenario,
  { revisions, checkouts, install }: Checkouts,
  session: Session,
  reporter: RunReporter,
): Promise<TwoCommits> {
  const isAA = revisions.base.sha === revisions.head.sha && revisions.base.dirty === revisions.head.dirty;
  const affected = await affectedBy(checkouts.base, checkouts.head);
  const asked = requestedImplementations(affected, scenario, request, isAA);
  const declarations = await declarationsOf(scenario, asked);
  const located = (id: string) => findImplementation(checkouts.head, id) ?? findImplementation(checkouts.base, id);
  const inBoth = asked.filter(({ change }) => change !== 'added' && change !== 'removed').map(({ id }) => located(id));
  const ready: Record<SideName, PreparedSide> = { base: nothingPrepared, head: nothingPrepared };
  return {
    revisions,
    isAA: isAA,
    affected,
    requestedIds: asked.map(({ id }) => id),
    machine: session.machine,
    measureMs: Math.max(0, ...declarations.scenario.entries.map(({ loadPlan }) => loadPlan.measureMs)),
    specs: (measureMs) => specsOf(declarations, inBoth, 1, measureMs),
    async prepare() {
      for (const service of declarations.services.values()) await session.openTemplate(service, scenario.seed);
      for (const side of ['base', 'head'] as const) {
        reporter.onStep(`preparing ${side} (${revisionText(revisions[side])})`);
        await install(side);
        // An A/A run's sides are built apart too: what a build's layout does to numbers is part of the floor.
        const cacheDir = isAA && side === 'base' ? join(session.cacheDir, 'aa') : session.cacheDir;
        ready[side] = await prepareSide(asked, checkouts[side], declarations, { ...session, cacheDir }, reporter);
      }
      return { base: ready.base.preparations, head: ready.head.preparations };
    },
    measure: (wish) => measure(wish, { request, revisions, located, declarations, ready, session, reporter }),
  };
}

function requestedImplementations(
  affected: readonly AffectedImplementation[],
  { entries }: Scenario,
  { implementationGlobs, all }: CommitsRequest,
  isAA: boolean,
): AffectedImplementation[] {
  const services = new Set(entries.map(({ service }) => service));
  const candidates = affected.filter(({ service }) => services.has(service));
  if (implementationGlobs.length > 0) {
    const ids = idsMatching(
      candidates.map(({ id }) => id),
      implementationGlobs,
    );
    return candidates.filter(({ id }) => ids.includes(id));
  }
  return all || isAA ? candidates : candidates.filter(({ change }) => change !== 'unchanged');
}

/** Of the questions that somebody asked answers. */
function declarationsOf(scenario: Scenario, asked: readonly AffectedImplementation[]): Promise<Declarations> {
  const known = new Set(asked.map(({ service }) => service));
  return loadDeclarations({ ...scenario, entries: scenario.entries.filter(({ service }) => known.has(service)) });
}

function specsOf(
  { scenario, ...declarations }: Declarations,
  located: readonly (LocatedImplementation | null)[],
  trialCount: number,
  measureMs: number | null,
): TrialSpec[] {
  const cells = scenario.entries.map((cell) => {
    const profile = { ...cell.loadPlan, measureMs: measureMs ?? cell.loadPlan.measureMs };
    return { ...cell, trialCount, profile };
  });
  const implementations = located.flatMap((one) => one?.implementation ?? []);
  return plan({ ...declarations, scenario: { ...scenario, entries: cells }, implementations, limit: null });
}

interface PreparedSide {
  readonly preparations: readonly Preparation[];
  readonly preparedById: ReadonlyMap<string, PreparedImplementation>;
}

const nothingPrepared: PreparedSide = { preparations: [], preparedById: new Map() };

async function prepareSide(
  asked: readonly AffectedImplementation[],
  checkout: Checkout,
  { services, scenario }: Declarations,
  session: Session,
  reporter: RunReporter,
): Promise<PreparedSide> {
  const preparations: Preparation[] = [];
  const preparedById = new Map<string, PreparedImplementation>();
  for (const { id } of asked) {
    session.signal.throwIfAborted();
    const located = findImplementation(checkout, id);
    if (located === null) continue;
    const service = services.get(located.implementation.service) as Service;
    const { preparation, preparedImplementation } = await prepare(
      located,
      await checkToolchain(located.implementation),
      {
        rootDir: checkout.rootDir,
        cacheDir: session.cacheDir,
        signal: session.signal,
        onStep: reporter.onStep,
        trackProcessGroup: (pid) => trackProcessGroup(session.cleanupRegistry, pid),
        conform: (preparedImplementation) =>
          conformToVectors({ preparedImplementation, service, seed: scenario.seed, session }),
      },
    );
    reporter.onPrepared(preparation);
    preparations.push(preparation);
    if (preparedImplementation !== null) preparedById.set(id, preparedImplementation);
  }
  return { preparations, preparedById };
}

interface PairContext {
  readonly request: CommitsRequest;
  readonly revisions: Sides<Revision>;
  readonly declarations: Declarations;
  readonly ready: Sides<PreparedSide>;
  readonly session: Session;
  readonly reporter: RunReporter;
  located(id: string): LocatedImplementation | null;
}

async function measure(wish: PairsRequest, bench: PairContext): Promise<MeasuredPairs> {
  const { declarations, ready, session, reporter } = bench;
  const wished = (id: string) => wish.implementationIds?.includes(id) ?? true;
  const ids = [...ready.head.preparedById.keys()].filter((id) => ready.base.preparedById.has(id) && wished(id));
  const specs = specsOf(declarations, ids.map(bench.located), wish.pairCount, wish.measureMs);
  const random = createRandom(declarations.scenario.seed);
  const pairs = planPairs(specs, crypto.randomUUID(), random.below);
  const startedAt = new Date().toISOString();
  const results = {
    base: await sideResult('base', wish, startedAt, bench),
    head: await sideResult('head', wish, startedAt, bench),
  };
  const { resultsDir, maxAttempts } = bench.request;
  const paths = { base: resultPath(resultsDir, results.base), head: resultPath(resultsDir, results.head) };
  const runOne = (side: SideName, spec: TrialSpec) => {
    const service = declarations.services.get(spec.service) as Service;
    const preparedImplementation = ready[side].preparedById.get(spec.implementation) as PreparedImplementation;
    const world = createTrialEnvironment({ spec, service, preparedImplementation, session, onPhase: reporter.onPhase });
    return runTrial(spec, service.database?.invariants ?? [], world);
  };
  const now = () => new Date().toISOString();
  return runPairs({ results, paths, pairs, maxAttempts: maxAttempts, runTrial: runOne }, reporter, now);
}

async function sideResult(
  side: SideName,
  { name, pairCount }: PairsRequest,
  startedAt: string,
  { request, revisions, declarations, ready, session }: PairContext,
): Promise<RunResult> {
  const { scenario } = declarations;
  const cells = scenario.entries.map((cell) => ({ ...cell, trialCount: pairCount }));
  const own = { ...declarations, scenario: { ...scenario, id: `${name}-${side}`, cells } };
  const origin = { command: request.command, commit: revisions[side] };
  return { ...(await initialResult(own, [...ready[side].preparations], origin, session)), startedAt };
}

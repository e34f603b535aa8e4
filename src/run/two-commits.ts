import { join } from 'node:path';
import type { Machine, Preparation, RunResult } from '../model/run-result.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { TrialSpec } from '../model/trial.ts';
import { createRandom } from '../stats/random.ts';
import { resultPath } from '../store/result-list.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { checkRequirements } from '../target/requirement.ts';
import { type Affected, affectedBy, type Checkout, checkoutOf, find } from './affected.ts';
import { conformToVectors } from './conform.ts';
import { loadScenario } from './declarations.ts';
import { noOverrides, withOverrides } from './overrides.ts';
import { planPairs } from './pair-plan.ts';
import { type MeasuredPairs, runPairs, type Sides } from './pair-run.ts';
import { rootDir } from './paths.ts';
import {
  type Declarations,
  emptyResult,
  loadDeclarations,
  type RunSurroundings,
  workloadsByService,
} from './perform.ts';
import { plan } from './plan.ts';
import { prepare, type Startable } from './prepare.ts';
import { realWorld } from './real-world.ts';
import type { RunReporter } from './reporter.ts';
import {
  hasChanges,
  headRevision,
  mergeBase,
  type Revision,
  repositoryRoot,
  revisionOf,
  revisionText,
} from './revision.ts';
import { matchingIds } from './select.ts';
import { noteProcessGroup, openSession, type Session } from './session.ts';
import { runTrial } from './trial.ts';
import { openWorktree, type SideName, type Worktree } from './worktree.ts';

export interface CommitsRequest {
  /** A folder in it; null: this checkout. */
  readonly repository: string | null;
  /** null: where the head left the default branch. */
  readonly base: string | null;
  /** A revision, or `worktree`: HEAD with all that is uncommitted. */
  readonly head: string;
  /** The head against itself. */
  readonly self: boolean;
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
  readonly triesMost: number;
}

export interface PairsWish {
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
  readonly isSelf: boolean;
  readonly affected: readonly Affected[];
  /** Ids of what is measured. */
  readonly asked: readonly string[];
  readonly machine: Machine;
  /** The scenario's window. */
  readonly measureMs: number;
  /** One trial of every question to every implementation that both sides have; null: the scenario's window. */
  specs(measureMs: number | null): readonly TrialSpec[];
  /** Toolchains, builds, contracts: each once a side. What goes wrong is data. */
  prepare(): Promise<Sides<readonly Preparation[]>>;
  /** Made with what `prepare` made ready on both sides. */
  measure(wish: PairsWish): Promise<MeasuredPairs>;
}

/** Lays out both commits, lets them be used, and puts everything away on every path. */
export async function withTwoCommits<T>(
  request: CommitsRequest,
  { signal, env }: RunSurroundings,
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
  { base, head, self }: CommitsRequest,
  env: NodeJS.ProcessEnv,
): Promise<Sides<Revision>> {
  const ofHead = await headRevision(repository, head);
  if (self) return { base: ofHead, head: ofHead };
  const ofBase = base === null ? await mergeBase(repository, ofHead, env) : await revisionOf(repository, base);
  return { base: ofBase, head: ofHead };
}

async function scenarioOf({ scenario, ratesPerSec, measureMs, warmupCount }: CommitsRequest): Promise<Scenario> {
  const declared = { ...(await loadScenario(scenario)), primitives: null };
  const overrides = { ...noOverrides, ratesPerSec, measureMs, warmupCount };
  return withOverrides(declared, overrides, await workloadsByService());
}

interface LaidOut {
  readonly revisions: Sides<Revision>;
  readonly checkouts: Sides<Checkout>;
  install(side: SideName): Promise<void>;
}

async function twoCommits(
  request: CommitsRequest,
  scenario: Scenario,
  { revisions, checkouts, install }: LaidOut,
  session: Session,
  reporter: RunReporter,
): Promise<TwoCommits> {
  const isSelf = revisions.base.sha === revisions.head.sha && revisions.base.dirty === revisions.head.dirty;
  const affected = await affectedBy(checkouts.base, checkouts.head);
  const asked = askedOf(affected, scenario, request, isSelf);
  const declarations = await declarationsOf(scenario, asked);
  const located = (id: string) => find(checkouts.head, id) ?? find(checkouts.base, id);
  const inBoth = asked.filter(({ how }) => how !== 'added' && how !== 'removed').map(({ id }) => located(id));
  const ready: Record<SideName, Readied> = { base: nothingReady, head: nothingReady };
  return {
    revisions,
    isSelf,
    affected,
    asked: asked.map(({ id }) => id),
    machine: session.machine,
    measureMs: Math.max(0, ...declarations.scenario.cells.map(({ profile }) => profile.measureMs)),
    specs: (measureMs) => specsOf(declarations, inBoth, 1, measureMs),
    async prepare() {
      for (const service of declarations.services.values()) await session.openTemplate(service, scenario.seed);
      for (const side of ['base', 'head'] as const) {
        reporter.onStep(`preparing ${side} (${revisionText(revisions[side])})`);
        await install(side);
        // An A/A run's sides are built apart too: what a build's layout does to numbers is part of the floor.
        const cacheDir = isSelf && side === 'base' ? join(session.cacheDir, 'aa') : session.cacheDir;
        ready[side] = await readied(asked, checkouts[side], declarations, { ...session, cacheDir }, reporter);
      }
      return { base: ready.base.preparations, head: ready.head.preparations };
    },
    measure: (wish) => measure(wish, { request, revisions, located, declarations, ready, session, reporter }),
  };
}

function askedOf(
  affected: readonly Affected[],
  { cells }: Scenario,
  { implementationGlobs, all }: CommitsRequest,
  isSelf: boolean,
): Affected[] {
  const services = new Set(cells.map(({ service }) => service));
  const candidates = affected.filter(({ service }) => services.has(service));
  if (implementationGlobs.length > 0) {
    const ids = matchingIds(
      candidates.map(({ id }) => id),
      implementationGlobs,
    );
    return candidates.filter(({ id }) => ids.includes(id));
  }
  return all || isSelf ? candidates : candidates.filter(({ how }) => how !== 'not');
}

/** Of the questions that somebody asked answers. */
function declarationsOf(scenario: Scenario, asked: readonly Affected[]): Promise<Declarations> {
  const known = new Set(asked.map(({ service }) => service));
  return loadDeclarations({ ...scenario, cells: scenario.cells.filter(({ service }) => known.has(service)) });
}

function specsOf(
  { scenario, ...declarations }: Declarations,
  located: readonly (LocatedImplementation | null)[],
  trialCount: number,
  measureMs: number | null,
): TrialSpec[] {
  const cells = scenario.cells.map((cell) => {
    const profile = { ...cell.profile, measureMs: measureMs ?? cell.profile.measureMs };
    return { ...cell, trialCount, profile };
  });
  const implementations = located.flatMap((one) => one?.implementation ?? []);
  return plan({ ...declarations, scenario: { ...scenario, cells }, implementations, limit: null });
}

interface Readied {
  readonly preparations: readonly Preparation[];
  readonly startables: ReadonlyMap<string, Startable>;
}

const nothingReady: Readied = { preparations: [], startables: new Map() };

async function readied(
  asked: readonly Affected[],
  checkout: Checkout,
  { services, scenario }: Declarations,
  session: Session,
  reporter: RunReporter,
): Promise<Readied> {
  const preparations: Preparation[] = [];
  const startables = new Map<string, Startable>();
  for (const { id } of asked) {
    session.signal.throwIfAborted();
    const located = find(checkout, id);
    if (located === null) continue;
    const service = services.get(located.implementation.service) as Service;
    const { preparation, startable } = await prepare(located, await checkRequirements(located.implementation), {
      rootDir: checkout.rootDir,
      cacheDir: session.cacheDir,
      signal: session.signal,
      onStep: reporter.onStep,
      noteProcessGroup: (pid) => noteProcessGroup(session.ledger, pid),
      conform: (startable) => conformToVectors({ startable, service, seed: scenario.seed, session }),
    });
    reporter.onPrepared(preparation);
    preparations.push(preparation);
    if (startable !== null) startables.set(id, startable);
  }
  return { preparations, startables };
}

interface Bench {
  readonly request: CommitsRequest;
  readonly revisions: Sides<Revision>;
  readonly declarations: Declarations;
  readonly ready: Sides<Readied>;
  readonly session: Session;
  readonly reporter: RunReporter;
  located(id: string): LocatedImplementation | null;
}

async function measure(wish: PairsWish, bench: Bench): Promise<MeasuredPairs> {
  const { declarations, ready, session, reporter } = bench;
  const wished = (id: string) => wish.implementationIds?.includes(id) ?? true;
  const ids = [...ready.head.startables.keys()].filter((id) => ready.base.startables.has(id) && wished(id));
  const specs = specsOf(declarations, ids.map(bench.located), wish.pairCount, wish.measureMs);
  const random = createRandom(declarations.scenario.seed);
  const pairs = planPairs(specs, crypto.randomUUID(), random.below);
  const startedAt = new Date().toISOString();
  const results = {
    base: await sideResult('base', wish, startedAt, bench),
    head: await sideResult('head', wish, startedAt, bench),
  };
  const { resultsDir, triesMost } = bench.request;
  const paths = { base: resultPath(resultsDir, results.base), head: resultPath(resultsDir, results.head) };
  const runOne = (side: SideName, spec: TrialSpec) => {
    const service = declarations.services.get(spec.service) as Service;
    const startable = ready[side].startables.get(spec.implementation) as Startable;
    const world = realWorld({ spec, service, startable, session, onPhase: reporter.onPhase });
    return runTrial(spec, service.database?.invariants ?? [], world);
  };
  const now = () => new Date().toISOString();
  return runPairs({ results, paths, pairs, triesMost, runTrial: runOne }, reporter, now);
}

async function sideResult(
  side: SideName,
  { name, pairCount }: PairsWish,
  startedAt: string,
  { request, revisions, declarations, ready, session }: Bench,
): Promise<RunResult> {
  const { scenario } = declarations;
  const cells = scenario.cells.map((cell) => ({ ...cell, trialCount: pairCount }));
  const own = { ...declarations, scenario: { ...scenario, id: `${name}-${side}`, cells } };
  const origin = { command: request.command, commit: revisions[side] };
  return { ...(await emptyResult(own, [...ready[side].preparations], origin, session)), startedAt };
}

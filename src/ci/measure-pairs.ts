import { asDeclared, type RunResult } from '../model/run-result.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Declarations } from '../run/declarations.ts';
import { initialResult } from '../run/initial-result.ts';
import type { PreparedImplementation, PreparedSet } from '../run/prepared-implementation.ts';
import type { RunReporter } from '../run/reporter.ts';
import type { Session } from '../run/session/session.ts';
import { trackOutputs } from '../run/session/tracked-resources.ts';
import { createTrialRunner } from '../run/trial/create-environment.ts';
import { createRandom } from '../stats/random.ts';
import { resultPath } from '../store/result-folder.ts';
import { type MeasuredPairs, planPairs, runPairs } from './pairs.ts';
import type { Revision, SideName, Sides } from './revision.ts';

export interface PairsRequest {
  readonly pairCount: number;
  /** null: as the scenario says. */
  readonly measureMs: number | null;
  /** null: all that are requested. */
  readonly implementationIds: readonly string[] | null;
  /** In the names of the result files: <name>-base, <name>-head. */
  readonly name: string;
}

/** What a result file needs to know of the request. */
export interface ResultsRequest {
  /** Where the result files go: <folder>/<machine>/… */
  readonly resultsDir: string;
  readonly command: string;
  /** How often a pair of which a trial turns out invalid is made in all. */
  readonly maxAttempts: number;
}

interface PairsContext {
  readonly request: ResultsRequest;
  readonly revisions: Sides<Revision>;
  readonly declarations: Declarations;
  readonly prepared: Sides<PreparedSet>;
  readonly session: Session;
  readonly reporter: RunReporter;
  specsOf(ids: readonly string[], trialCount: number, measureMs: number | null): readonly TrialSpec[];
}

/** Pairs of what is ready on both sides, kept in two result files. */
export async function measurePairs(pairsRequest: PairsRequest, context: PairsContext): Promise<MeasuredPairs> {
  const { declarations, prepared, session, reporter, request } = context;
  const specs = context.specsOf(idsToMeasure(pairsRequest, prepared), pairsRequest.pairCount, pairsRequest.measureMs);
  const pairs = planPairs(specs, crypto.randomUUID(), createRandom(declarations.scenario.seed).below);
  const startedAt = new Date().toISOString();
  const results = {
    base: await sideResult('base', pairsRequest, startedAt, context),
    head: await sideResult('head', pairsRequest, startedAt, context),
  };
  const { resultsDir, maxAttempts } = request;
  const paths = { base: resultPath(resultsDir, results.base), head: resultPath(resultsDir, results.head) };
  const runTrial = createTrialRunner(session, declarations, reporter);
  const runOne = (side: SideName, spec: TrialSpec) =>
    runTrial(spec, prepared[side].byId.get(spec.implementation) as PreparedImplementation);
  const nowText = () => new Date().toISOString();
  const release = trackOutputs(session.cleanupRegistry, [paths.base, paths.head]);
  return runPairs({ results, paths, pairs, maxAttempts, runTrial: runOne }, reporter, nowText).finally(release);
}

function idsToMeasure({ implementationIds }: PairsRequest, { base, head }: Sides<PreparedSet>): string[] {
  const isRequested = (id: string) => implementationIds?.includes(id) ?? true;
  return [...head.byId.keys()].filter((id) => base.byId.has(id) && isRequested(id));
}

async function sideResult(
  side: SideName,
  { name, pairCount }: PairsRequest,
  startedAt: string,
  { request, revisions, declarations, prepared, session }: PairsContext,
): Promise<RunResult> {
  const { scenario } = declarations;
  const entries = scenario.entries.map((entry) => ({ ...entry, trialCount: pairCount }));
  const own = { ...declarations, scenario: { ...scenario, id: `${name}-${side}`, entries } };
  const origin = { command: request.command, commit: revisions[side], ranking: asDeclared };
  return { ...(await initialResult(own, prepared[side], origin, session)), startedAt };
}

import { type CellKey, cellId, cellsIn, trialsIn } from '../model/cell-key.ts';
import type {
  BuildFailureRecord,
  Change,
  ComparedRun,
  Comparison,
  RunComparison,
  Verdict,
} from '../model/comparison.ts';
import type { CompareOptions, GatePolicy } from '../model/gate-policy.ts';
import type { RunResult } from '../model/run-result.ts';
import { madeTrialCount } from '../model/trial.ts';
import type { Warning } from '../model/warning.ts';
import { holm } from '../stats/exact-tests.ts';
import { cellComparisons, type RawComparison } from './cell-comparison.ts';
import { incomparabilityOf } from './comparability.ts';
import { applyWaiver, matchesCell, outcomeOf } from './outcome.ts';
import { unmeasuredCells } from './presence.ts';
import { profileDifferences } from './profile-difference.ts';
import { machineLabel } from './text.ts';
import { verdictOf } from './verdict.ts';

/**
 * Every metric of every cell of two runs, and what it comes to. Pure: same files, same verdicts. What cannot be compared
 * is a verdict with its reason, never an error. An A/A run's two sides must have run ids of their own.
 */
export function compareRuns(base: RunResult, head: RunResult, options: CompareOptions): RunComparison {
  const cells = [...cellsIn([head, base]), ...unmeasuredCells(base, head)];
  const both = cells.filter((cell) => trialsIn(base, cell).length > 0 && trialsIn(head, cell).length > 0);
  const primary = primaryCells(both, options.policy);
  const incomparability = incomparabilityOf(base, head);
  const raw = cells.flatMap((cell) => cellComparisons({ base, head, cell, primary, incomparability, options }));
  const comparisons = adjustForFamily(raw, options.policy).map((comparison) => applyWaiver(comparison, options));
  return {
    base: describe(base),
    head: describe(head),
    comparisons,
    familyCount: familyCount(comparisons),
    alpha: options.policy.alpha,
    outcome: outcomeOf(comparisons),
    buildFailures: [...buildFailures('base', base), ...buildFailures('head', head)],
    profiles: profileDifferences(base.profiles, head.profiles),
    warnings: [...sidesWarnings(base, head), ...waiverWarnings(comparisons, options)],
  };
}

function familyCount(comparisons: readonly Comparison[]): number {
  return comparisons.filter(({ role, change }) => role === 'gated' && change !== null && change.method !== 'counts')
    .length;
}

function describe({ runId, commit, startedAt, machine, state }: RunResult): ComparedRun {
  return {
    runIds: [runId],
    commit: commit === null ? null : { ...commit, sha: commit.sha.slice(0, 10) },
    startedAt,
    machineId: machine.id,
    machineLabel: machineLabel(machine),
    state,
  };
}

function buildFailures(side: BuildFailureRecord['side'], { implementations }: RunResult): BuildFailureRecord[] {
  return implementations.flatMap((one) =>
    one.status === 'failed'
      ? [{ side, implementation: one.manifest.id, message: one.message, logTail: one.logTail }]
      : [],
  );
}

function sidesWarnings(base: RunResult, head: RunResult): Warning[] {
  return [base, head].flatMap((run, index) => cutShort(run, index === 0 ? 'base' : 'head'));
}

function waiverWarnings(comparisons: readonly Comparison[], { waivers, today }: CompareOptions): Warning[] {
  const ended = waivers
    .filter(({ until }) => until < today)
    .map(({ cell, until }) => ({
      code: 'waiver-ended',
      message: `the waiver of ${cell} ended on ${until}`,
      advice: 'Remove it, or renew it with a reason.',
    }));
  const idle = waivers.filter(
    ({ cell, until }) => until >= today && !comparisons.some(({ id }) => matchesCell(cell, id)),
  );
  if (idle.length === 0) return ended;
  const message = `nothing compared here is covered by the waiver of ${idle.map(({ cell }) => cell).join(', nor by that of ')}`;
  return [
    ...ended,
    {
      code: 'waiver-idle',
      message,
      advice: 'Is the id right? An implementation that was not measured needs no change.',
    },
  ];
}

function cutShort({ state, trials, plannedTrialCount }: RunResult, side: string): Warning[] {
  if (state === 'complete') return [];
  const message = `${side} was cut short after ${madeTrialCount(trials)} of ${plannedTrialCount} planned trials: what there is, is compared`;
  return [{ code: 'cut-short', message, advice: null }];
}

/** Adjusts p over the gated family (Holm, each direction for itself), then decides. Metrics only shown keep their p. */
function adjustForFamily(raw: readonly RawComparison[], policy: GatePolicy): Comparison[] {
  const family = raw.filter(isFamilyMember);
  const worse = adjustedById(family, holm(family.map(({ change }) => change.pWorse)));
  const better = adjustedById(family, holm(family.map(({ change }) => change.pBetter)));
  return raw.map((comparison) => {
    const { id, change } = comparison;
    if (change === null) return withVerdict(comparison, null, policy, 1);
    const [pWorseAdjusted, pBetterAdjusted] = [worse.get(id) ?? change.pWorse, better.get(id) ?? change.pBetter];
    const familyCount = comparison.role === 'gated' ? family.length : 1;
    return withVerdict(comparison, { ...change, pWorseAdjusted, pBetterAdjusted }, policy, familyCount);
  });
}

type FamilyMember = RawComparison & { readonly change: Change };

function isFamilyMember(comparison: RawComparison): comparison is FamilyMember {
  return comparison.role === 'gated' && comparison.change !== null && comparison.change.method !== 'counts';
}

function adjustedById(family: readonly FamilyMember[], pValues: readonly number[]): Map<string, number> {
  return new Map(family.map(({ id }, index) => [id, pValues[index] ?? 1]));
}

function withVerdict(raw: RawComparison, change: Change | null, policy: GatePolicy, familyCount: number): Comparison {
  return { ...raw, change, verdict: raw.verdict ?? verdictFor(raw, change, policy, familyCount) };
}

function verdictFor(raw: RawComparison, change: Change | null, policy: GatePolicy, familyCount: number): Verdict {
  if (change === null) return { kind: 'too-few', reason: 'no pair of trials that both count', minCount: 1 };
  const { better, minEffectRatio, noiseFloorRatio } = raw;
  const alpha = raw.role === 'gated' ? policy.alpha : policy.informativeAlpha;
  return verdictOf(change, { better, minEffectRatio, noiseFloorRatio: noiseFloorRatio ?? 0, alpha, familyCount });
}

/**
 * The one cell of each implementation whose metrics gate: that of the policy, else the first warm one (else the first) with
 * the middle one of its rates. One, because every further cell costs all of them power. Ids of `cells`.
 */
function primaryCells(cells: readonly CellKey[], policy: GatePolicy): ReadonlySet<string> {
  const byImplementation = Map.groupBy(cells, ({ implementation }) => implementation);
  return new Set([...byImplementation.values()].map((own) => cellId(primaryCell(own, policy))));
}

function primaryCell(own: readonly CellKey[], policy: GatePolicy): CellKey {
  const declared = own.find((cell) => isDeclaredPrimary(cell, policy));
  if (declared !== undefined) return declared;
  const [first] = [...own.filter(({ temperature }) => temperature === 'warm'), ...own];
  const rates = own.filter((cell) => isSameLoad(cell, first)).sort((a, b) => a.ratePerSec - b.ratePerSec);
  return rates[Math.floor((rates.length - 1) / 2)] as CellKey;
}

function isDeclaredPrimary(cell: CellKey, { primary }: GatePolicy): boolean {
  const declared = primary[cell.service];
  return declared !== undefined && isSameLoad(cell, declared) && cell.ratePerSec === declared.ratePerSec;
}

type Load = Pick<CellKey, 'workload' | 'temperature'>;

function isSameLoad(a: Load, b: Load | undefined): boolean {
  return a.workload === b?.workload && a.temperature === b.temperature;
}

import type { NoiseFloors } from '../compare/noise-floor.ts';
import { detectableRatio, minPairCount } from '../compare/pair-count.ts';
import { countOf, durationText, machineLabel, percentText } from '../compare/text.ts';
import type { ComparedRun, RunComparison } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import type { Preparation } from '../model/run-result.ts';
import type { Warning } from '../model/warning.ts';
import { minSignedRankP } from '../stats/rank-tests.ts';
import type { AffectedImplementation } from './affected.ts';
import { cpuPrecision, maxKnownSpread, measuredIds, type PairChoice, pairMsOf } from './pair-count.ts';
import { isSame, type Revision, revisionText, type Sides } from './revision.ts';
import type { TwoCommits } from './two-commits.ts';

const changeTexts: Readonly<Record<AffectedImplementation['change'], string>> = {
  sources: 'its sources differ',
  contract: 'its contract differs',
  added: 'only head has it',
  removed: 'only base has it',
  unchanged: 'not affected, but asked for',
};

/** Whose commits, and who is measured and why. */
export function affectedLines({ revisions, isAA, affected, requestedIds }: TwoCommits): string[] {
  const why = affected
    .filter(({ id }) => requestedIds.includes(id))
    .map((one) => `  ${one.id}: ${isAA ? 'A/A' : changeTexts[one.change]}`);
  return [`base ${revisionText(revisions.base)}`, `head ${revisionText(revisions.head)}`, ...why];
}

/** The comparison of two commits of which nothing was measured: no comparisons, and why. */
export function emptyComparison(commits: TwoCommits, { alpha }: GatePolicy, startedAt: string): RunComparison {
  const { revisions, machine } = commits;
  const described = ({ sha, subject, dirty }: Revision): ComparedRun => ({
    runIds: [],
    commit: { sha: sha.slice(0, 10), subject, dirty },
    startedAt,
    machineId: machine.id,
    machineLabel: machineLabel(machine),
    state: 'complete',
  });
  return {
    base: described(revisions.base),
    head: described(revisions.head),
    comparisons: [],
    familyCount: 0,
    alpha,
    outcome: { kind: 'no-regression', exitCode: 0, summary: nothingSentence(commits) },
    buildFailures: [],
    profiles: [],
    warnings: [],
  };
}

/** With how many were looked at: none found and none changed must not read alike. */
function nothingSentence({ affected, revisions }: TwoCommits): string {
  if (isSame(revisions))
    return `The working tree has no changes against ${revisions.base.sha.slice(0, 10)}: nothing was measured.`;
  const commits = [revisions.base, revisions.head].map(({ sha }) => sha.slice(0, 10)).join(' → ');
  const idsOf = (isChanged: boolean) =>
    affected.filter(({ change }) => (change !== 'unchanged') === isChanged).map(({ id }) => id);
  const [unchanged, notAsked] = [idsOf(false), idsOf(true)];
  const rest = notAsked.length === 0 ? '' : `; changed, but not in this scenario: ${notAsked.join(', ')}`;
  const found = `${unchanged.length} unchanged: ${unchanged.join(', ') || 'none'}${rest}`;
  return `No implementation is affected by ${commits} (${found}): nothing was measured. --all measures them nevertheless.`;
}

/** How long it will take and what it will be able to see. */
export function planLines(commits: TwoCommits, choice: PairChoice, aa: NoiseFloors, policy: GatePolicy): string[] {
  const { pairCount, measureMs } = choice;
  const ids = measuredIds(commits);
  if (ids.length === 0)
    return [`no pair can be made: base and head have none of ${commits.requestedIds.join(', ')} in common`];
  const totalMs = pairCount * pairMsOf(commits, measureMs);
  const window = measureMs === null || measureMs === commits.measureMs ? '' : ` with windows of ${measureMs / 1000} s`;
  const size = `${countOf(pairCount, 'pair')}${window} of ${countOf(ids.length, 'implementation')}`;
  return [
    `${size}: about ${durationText(totalMs)} after building and checking; as long again for what is flagged`,
    detectableLine(commits, choice, aa, policy),
  ];
}

function detectableLine(commits: TwoCommits, { pairCount }: PairChoice, aa: NoiseFloors, policy: GatePolicy): string {
  const spread = maxKnownSpread(commits, aa);
  if (spread === null) return 'what that can detect is not known on this machine yet: `ci --aa` measures its noise';
  const precision = cpuPrecision(commits, policy);
  const known = `this machine's pairs spread by ${percentText(spread)} (${countOf(aa.runCount, 'A/A run')})`;
  if (minSignedRankP(pairCount) * precision.familyCount > precision.alpha) return `${known}: so few can decide nothing`;
  const least = detectableRatio(spread, pairCount, precision);
  return `${known}: it detects ${percentText(least)} more CPU per request in nine of ten cases`;
}

/** One line for each implementation that a side could not build, with the end of what the tool printed. */
export function failureLines(preparations: Sides<readonly Preparation[]>): string[] {
  return (['base', 'head'] as const).flatMap((side) =>
    preparations[side].flatMap((one) =>
      one.status === 'failed' ? [`${side} does not build ${one.manifest.id}: ${one.message}`] : [],
    ),
  );
}

/** What a reader of the comparison must know beside its verdicts. */
export function ciWarnings(commits: TwoCommits, comparison: RunComparison, aa: NoiseFloors): Warning[] {
  return [...sameCommitWarning(commits, comparison), ...floorWarning(commits, aa), ...spreadWarning(comparison)];
}

function sameCommitWarning({ isAA, revisions }: TwoCommits, { comparisons }: RunComparison): Warning[] {
  if (!isAA) return [];
  const message = `base and head are the same commit (${revisions.head.sha.slice(0, 10)}): an A/A run, whatever differs is noise`;
  const isPart = comparisons.some(({ change }) => change !== null && change.count >= minPairCount);
  const advice = isPart
    ? 'It is kept as this machine’s noise floor.'
    : `Of fewer than ${minPairCount} pairs, it is no part of this machine’s noise floor.`;
  return [{ code: 'same-commit', message, advice }];
}

function floorWarning({ isAA }: TwoCommits, { noiseFloors, runCount }: NoiseFloors): Warning[] {
  if (isAA || runCount === 0) return [];
  const above = [...noiseFloors.values()].filter((floor) => floor > 0).length;
  const message = `judged with the noise floor of this machine, from ${countOf(runCount, 'A/A run')}: above 0 for ${countOf(above, 'comparison')} of ${noiseFloors.size}`;
  return [{ code: 'baseline-used', message, advice: null }];
}

/** Where the machine is too loud for what the policy calls small. */
function spreadWarning({ comparisons, alpha, familyCount }: RunComparison): Warning[] {
  const own = comparisons.filter(({ role, metricId }) => role === 'gated' && metricId === 'cpu-per-request');
  const loud = own.flatMap(({ change, minEffectRatio, verdict }) => {
    if (change?.method !== 'paired' || change.logRatioSd === null || verdict.kind === 'too-few') return [];
    const least = detectableRatio(change.logRatioSd, change.count, { minEffectRatio, alpha, familyCount });
    return least > 2 * minEffectRatio ? [least] : [];
  });
  if (loud.length === 0) return [];
  const message = `these pairs can find a rise of ${percentText(Math.max(...loud))} or more in CPU per request, nothing smaller`;
  return [{ code: 'noisy-machine', message, advice: 'More pairs (--pairs) or a quieter machine find less.' }];
}

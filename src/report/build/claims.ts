import { rankTrials, ratioBetween } from '../../compare/ranking.ts';
import { trialsOfQuestion } from '../../model/cell-key.ts';
import type { Claim, ClaimSource, ClaimTest, ClaimUnit, Quantity } from '../../model/claim.ts';
import { metricById } from '../../model/metric.ts';
import type { RunResult } from '../../model/run-result.ts';
import { type Range, rangeOf } from '../../stats/descriptive.ts';
import { formatNumber } from '../format.ts';
import type { AssessedClaim, ClaimVerdict, PrimitiveRow, PrimitiveSection, Question } from '../model.ts';
import { largestClusters } from './groups.ts';
import { describeImplementations } from './implementations.ts';
import { primitiveSections } from './primitives.ts';
import { buildQuestions } from './questions.ts';

/** The claims to judge by, and what of the checkout they ask for. */
export interface ClaimBook {
  readonly claims: readonly Claim[];
  readonly sources: readonly ClaimSource[];
  readonly codeLines: CodeLines;
}

export const emptyClaimBook: ClaimBook = { claims: [], sources: [], codeLines: { go: null, python: null } };

/** Of a ratio that is ranked, its simultaneous 95 % interval; else from the minimum to the maximum, with the median. */
interface ClaimInterval {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** A claimed number counts as met within this factor: machines differ, and "about" was said. */
const toleranceFactor = 1.5;

/**
 * Judges every claim by the newest file that knows all of its quantities: the two sides of a ratio are never taken from
 * different runs. Pure; all evidence is of one machine.
 */
export function assessClaims(
  claims: readonly Claim[],
  evidence: readonly ClaimEvidence[],
  codeLines: CodeLines,
): AssessedClaim[] {
  const newestFirst = [...evidence].sort((a, b) => (a.result.startedAt < b.result.startedAt ? 1 : -1));
  return claims.map((claim) => assessClaim(claim, newestFirst, codeLines));
}

type Measurable = Exclude<ClaimTest, { kind: 'none' }>;

function assessClaim(claim: Claim, evidence: readonly ClaimEvidence[], codeLines: CodeLines): AssessedClaim {
  const { test } = claim;
  const unknown = { claim, verdict: 'not measured', measured: null, source: null } as const;
  if (test.kind === 'none') return unknown;
  for (const entry of evidence) {
    const interval =
      rankedRatio(test, entry) ?? intervalOf(test, (quantity) => readQuantity(entry, quantity, codeLines));
    if (interval === null) continue;
    return {
      claim,
      verdict: claimVerdict(test, interval),
      measured: measuredRange(test, interval),
      source: isFromResult(test) ? `${entry.result.startedAt.slice(0, 10)} ${entry.result.scenario.id}` : null,
    };
  }
  return unknown;
}

/** Lines of code are counted in the checkout. */
function isFromResult(test: Measurable): boolean {
  return test.of.kind !== 'code-lines';
}

/** Of two implementations asked the same question, the ratio of its ranking, whose intervals hold together; null: not both are ranked. */
function rankedRatio(test: Measurable, { result, questions }: ClaimEvidence): ClaimInterval | null {
  if (!('to' in test) || test.of.kind !== 'trial' || test.to.kind !== 'trial') return null;
  const { of, to } = test;
  const question = warmQuestion(questions, of.workload);
  if (question === undefined || to.workload !== of.workload || to.metric !== of.metric) return null;
  const names = new Set(question.rows.flatMap(({ isWrong, implementation }) => (isWrong ? [] : [implementation.id])));
  const trials = trialsOfQuestion(result, question).filter(({ spec }) => names.has(spec.implementation));
  const ranking = rankTrials(trials, metricById(of.metric), { against: result.ranking.against });
  const found = ranking === null ? null : ratioBetween(ranking, of.implementation, to.implementation);
  return found === null ? null : { min: found.lowRatio, median: found.ratio, max: found.highRatio };
}

function intervalOf(test: Measurable, read: (quantity: Quantity) => Range | null): ClaimInterval | null {
  const of = read(test.of);
  if (of === null) return null;
  if (test.kind === 'value' || test.kind === 'at-least') return scaled(of, test.unit);
  const to = read(test.to);
  // A share of nothing says nothing: memory too small to be seen, a cluster of none.
  if (to === null || !(to.min > 0)) return null;
  return { min: of.min / to.max, median: of.median / to.median, max: of.max / to.min };
}

function scaled({ min, median, max }: Range, unit: ClaimUnit): ClaimInterval {
  const factor = unit === 'MB' ? 1e-6 : 1;
  return { min: min * factor, median: median * factor, max: max * factor };
}

/** The rules stand in docs/claims.md. */
function claimVerdict(test: Measurable, interval: ClaimInterval): ClaimVerdict {
  const { min, max } = interval;
  switch (test.kind) {
    case 'value':
      return isWithinTolerance(interval, test.claimed) ? 'holds' : 'does not hold';
    case 'times':
      if (min <= 1) return 'does not hold';
      return isWithinTolerance(interval, test.claimed) ? 'holds' : 'holds in part';
    case 'more':
      if (min <= 1) return 'does not hold';
      return min >= test.least ? 'holds' : 'holds in part';
    case 'at-least':
      return min >= test.claimed ? 'holds' : max >= test.claimed ? 'holds in part' : 'does not hold';
    case 'similar':
      if (min >= 1 / test.withinFactor && max <= test.withinFactor) return 'holds';
      return min >= 1 / test.withinFactor ** 2 && max <= test.withinFactor ** 2 ? 'holds in part' : 'does not hold';
  }
}

function isWithinTolerance({ min, max }: ClaimInterval, claimed: number): boolean {
  return max >= claimed / toleranceFactor && min <= claimed * toleranceFactor;
}

function measuredRange(test: Measurable, interval: ClaimInterval): string {
  const { min, median, max } = interval;
  const span = min === max ? '' : ` (${formatNumber(min)}–${formatNumber(max)})`;
  if (test.kind === 'value' || test.kind === 'at-least') return `${formatNumber(median)}${span}${unitText(test.unit)}`;
  return min === max ? `${formatNumber(median)}×` : `${formatNumber(median)}×${span}`;
}

function unitText(unit: ClaimUnit): string {
  return unit === 'count' ? '' : ` ${unit}`;
}

/** Only what these results say something about; everything else is left to the whole table. */
export function measuredClaims(judged: readonly AssessedClaim[]): AssessedClaim[] {
  return judged.filter(({ source }) => source !== null);
}

/** One result file, read for claims. */
export interface ClaimEvidence {
  readonly result: RunResult;
  readonly questions: readonly Question[];
  readonly primitives: readonly PrimitiveSection[];
}

export function toEvidence(result: RunResult): ClaimEvidence {
  const implementations = describeImplementations([result]);
  return {
    result,
    questions: buildQuestions(result, [], implementations),
    primitives: primitiveSections(result, implementations),
  };
}

/** Lines of code by language; null where a core is not there. */
export type CodeLines = Readonly<Record<'go' | 'python', number | null>>;

/** What a file (or, for lines of code, the checkout) says of a quantity; null: nothing. */
function readQuantity(evidence: ClaimEvidence, quantity: Quantity, codeLines: CodeLines): Range | null {
  if (quantity.kind === 'code-lines') return rangeOf([codeLines[quantity.language]]);
  if (quantity.kind === 'largest-cluster') return largestClusterRange(evidence, quantity.implementation);
  if (quantity.kind === 'primitive') return primitiveQuantity(evidence, quantity);
  return trialQuantity(evidence.questions, quantity);
}

function warmQuestion(questions: readonly Question[], workload: string): Question | undefined {
  return questions.find((candidate) => candidate.workload === workload && candidate.temperature === 'warm');
}

function trialQuantity(
  questions: readonly Question[],
  { workload, implementation, metric }: QuantityOfKind<'trial'>,
): Range | null {
  const row = warmQuestion(questions, workload)?.rows.find(
    (candidate) => candidate.implementation.id === implementation,
  );
  return row?.figures[metric] ?? null;
}

type QuantityOfKind<Kind extends Quantity['kind']> = Extract<Quantity, { kind: Kind }>;

function primitiveQuantity({ primitives }: ClaimEvidence, quantity: QuantityOfKind<'primitive'>): Range | null {
  const rows =
    primitives
      .find(({ facts }) => facts.id === quantity.primitive)
      ?.rows.filter(
        ({ implementation, caseId }) => implementation === quantity.implementation && caseId === quantity.caseId,
      ) ?? [];
  if (quantity.of === 'max-size') return maxWorkingSize(rows, quantity.size);
  const row = rows.find(({ size }) => size === quantity.size);
  return row === undefined ? null : primitiveRange(row, quantity.of);
}

/** Only of a run that came to the last size (tried, or given up below it): one cut short says nothing of the largest. */
function maxWorkingSize(rows: readonly PrimitiveRow[], lastSize: number | null): Range | null {
  if (!rows.some(({ size }) => size === lastSize)) return null;
  const worked = rows.filter(({ okCount }) => okCount > 0).map(({ size }) => size ?? 0);
  return worked.length === 0 ? null : rangeOf([Math.max(...worked)]);
}

function primitiveRange(row: PrimitiveRow, of: QuantityOfKind<'primitive'>['of']): Range | null {
  if (of === 'wall') return row.isBelowLoop ? null : row.wallNs;
  if (of === 'cpu') return row.cpuNs;
  if (of === 'private') return row.privateBytes;
  if (of === 'per-unit') return row.bytesPerUnit;
  return row.osThreadCount === null || row.okCount === 0 ? null : rangeOf([(row.size ?? 0) / row.osThreadCount]);
}

/** Only where it is known that nothing larger holds: a run cut short, or one that asked for no more, says nothing of the largest. */
function largestClusterRange({ result, questions }: ClaimEvidence, implementation: string): Range | null {
  const scale = questions.filter(({ workload }) => workload === 'scale');
  const largest = largestClusters(scale, result.implementations).find(
    ({ row }) => row.implementation.id === implementation,
  );
  return largest?.isMax && largest.size !== null ? rangeOf([largest.size]) : null;
}

import type { Claim, ClaimSource, ClaimTest, ClaimUnit, Quantity } from '../model/claim.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Range } from '../stats/range.ts';
import { type CodeLines, type Evidence, evidenceOf, quantityIn } from './claim-quantity.ts';
import { formatNumber } from './format.ts';

export type Verdict = 'holds' | 'holds in part' | 'does not hold' | 'not measured';

/** The claims to judge by, and what of the checkout they ask for. */
export interface ClaimBook {
  readonly claims: readonly Claim[];
  readonly sources: readonly ClaimSource[];
  readonly codeLines: CodeLines;
}

export const emptyBook: ClaimBook = { claims: [], sources: [], codeLines: { go: null, python: null } };

/** A claim put beside what was measured. */
export interface JudgedClaim {
  readonly claim: Claim;
  readonly verdict: Verdict;
  /** With its interval, in the claim's own terms; null: not measured. */
  readonly measured: string | null;
  /** The day and scenario of the file it was read from; null: none. */
  readonly from: string | null;
}

/** An interval from least to greatest, with its middle. */
interface Interval {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** A claimed number counts as met within this factor: machines differ, and "about" was said. */
export const closeFactor = 1.5;

/**
 * Judges every claim by the newest file that knows all of its quantities: the two sides of a ratio are never taken from
 * different runs. Pure; `results` are of one machine.
 */
export function judgeClaims(
  claims: readonly Claim[],
  results: readonly RunResult[],
  codeLines: CodeLines,
): JudgedClaim[] {
  const newestFirst = [...results].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).map(evidenceOf);
  return claims.map((claim) => judge(claim, newestFirst, codeLines));
}

type Measurable = Exclude<ClaimTest, { kind: 'none' }>;

function judge(claim: Claim, evidence: readonly Evidence[], codeLines: CodeLines): JudgedClaim {
  const { test } = claim;
  const unknown = { claim, verdict: 'not measured', measured: null, from: null } as const;
  if (test.kind === 'none') return unknown;
  for (const one of evidence) {
    const interval = intervalOf(test, (quantity) => quantityIn(one, quantity, codeLines));
    if (interval === null) continue;
    return {
      claim,
      verdict: verdictOf(test, interval),
      measured: measuredText(test, interval),
      from: ofFile(test) ? `${one.result.startedAt.slice(0, 10)} ${one.result.scenario.id}` : null,
    };
  }
  return unknown;
}

/** Lines of code are counted in the checkout. */
function ofFile(test: Measurable): boolean {
  return test.of.kind !== 'code-lines';
}

function intervalOf(test: Measurable, read: (quantity: Quantity) => Range | null): Interval | null {
  const of = read(test.of);
  if (of === null) return null;
  if (test.kind === 'value' || test.kind === 'least') return scaled(of, test.unit);
  const to = read(test.to);
  // A share of nothing says nothing: memory too small to be seen, a cluster of none.
  if (to === null || !(to.min > 0)) return null;
  return { low: of.min / to.max, middle: of.median / to.median, high: of.max / to.min };
}

function scaled({ min, median, max }: Range, unit: ClaimUnit): Interval {
  const factor = unit === 'MB' ? 1e-6 : 1;
  return { low: min * factor, middle: median * factor, high: max * factor };
}

/** The rules stand in docs/claims.md. */
function verdictOf(test: Measurable, interval: Interval): Verdict {
  const { low, high } = interval;
  switch (test.kind) {
    case 'value':
      return meets(interval, test.claimed) ? 'holds' : 'does not hold';
    case 'times':
      if (low <= 1) return 'does not hold';
      return meets(interval, test.claimed) ? 'holds' : 'holds in part';
    case 'more':
      if (low <= 1) return 'does not hold';
      return low >= test.least ? 'holds' : 'holds in part';
    case 'least':
      return low >= test.claimed ? 'holds' : high >= test.claimed ? 'holds in part' : 'does not hold';
    case 'alike':
      if (low >= 1 / test.withinFactor && high <= test.withinFactor) return 'holds';
      return low >= 1 / test.withinFactor ** 2 && high <= test.withinFactor ** 2 ? 'holds in part' : 'does not hold';
  }
}

function meets({ low, high }: Interval, claimed: number): boolean {
  return high >= claimed / closeFactor && low <= claimed * closeFactor;
}

function measuredText(test: Measurable, interval: Interval): string {
  const { low, middle, high } = interval;
  const span = low === high ? '' : ` (${formatNumber(low)}–${formatNumber(high)})`;
  if (test.kind === 'value' || test.kind === 'least') return `${formatNumber(middle)}${span}${unitText(test.unit)}`;
  return low === high ? `${formatNumber(middle)}×` : `${formatNumber(middle)}×${span}`;
}

function unitText(unit: ClaimUnit): string {
  return unit === 'count' ? '' : ` ${unit}`;
}

/** Only what these results say something about; everything else is left to the whole table. */
export function touchedClaims(judged: readonly JudgedClaim[]): JudgedClaim[] {
  return judged.filter(({ from }) => from !== null);
}

export function tally(judged: readonly JudgedClaim[]): string {
  const order: readonly Verdict[] = ['holds', 'holds in part', 'does not hold', 'not measured'];
  return order
    .map((verdict) => ({ verdict, count: judged.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}

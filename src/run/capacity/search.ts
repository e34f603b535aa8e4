/** What one step at a fixed rate showed; `unknown`: the generator or the machine was at fault, never the target. */
export interface RateStep {
  readonly ratePerSec: number;
  readonly status: 'sustained' | 'failed' | 'unknown';
  /** In a few words, with the figure. */
  readonly reason: string;
}

interface SearchOptions {
  readonly startRatePerSec: number;
  /** The found and the failed rate are at most this far apart: 0.05 is 5 %. */
  readonly precisionRatio: number;
  /** The search does not go down below it. */
  readonly minRatePerSec: number;
  tryRate(ratePerSec: number): Promise<RateStep>;
}

/**
 * found: sustained in every confirming step, and a rate a tenth above it failed in most. at-least: sustained, but what lies above could
 * not be measured. below: not even the lowest rate tried sustained. unconfirmed: it sustained once, and not again.
 */
export type Capacity =
  | { readonly status: 'found'; readonly ratePerSec: number; readonly failedRatePerSec: number }
  | { readonly status: 'at-least'; readonly ratePerSec: number; readonly reason: string }
  | { readonly status: 'below'; readonly ratePerSec: number; readonly reason: string }
  | { readonly status: 'unconfirmed'; readonly ratePerSec: number; readonly reason: string }
  | { readonly status: 'unknown'; readonly reason: string };

const maxRatePerSec = 1_000_000;
const confirmCount = 3;
const failCount = 2;
const marginRatio = 1.1;
const maxConfirmAttempts = 4;
/** An unknown step is done again before it counts. */
const maxUnknownAttempts = 2;

interface Bracket {
  readonly sustained: number;
  /** null: nothing failed up to what the generator could measure; `above` says why it goes no further. */
  readonly failed: number | null;
  readonly above: string;
}

/** The highest rate that is sustained: brackets by doubling, bisects by ratio, confirms. */
export async function searchCapacity(options: SearchOptions): Promise<Capacity> {
  const tryRate = (ratePerSec: number) => tryUntilKnown(ratePerSec, options);
  const bracket = await bracketByDoubling(options, tryRate);
  if ('status' in bracket) return bracket;
  const narrowed = await bisect(bracket, options.precisionRatio, tryRate);
  return confirm(narrowed, options.precisionRatio, tryRate);
}

type TryRate = (ratePerSec: number) => Promise<RateStep>;

async function tryUntilKnown(ratePerSec: number, { tryRate }: SearchOptions): Promise<RateStep> {
  let outcome = await tryRate(ratePerSec);
  for (let attempts = 1; attempts < maxUnknownAttempts && outcome.status === 'unknown'; attempts++)
    outcome = await tryRate(ratePerSec);
  return outcome;
}

async function bracketByDoubling(
  { startRatePerSec, minRatePerSec }: SearchOptions,
  tryRate: TryRate,
): Promise<Bracket | Capacity> {
  const first = await tryRate(startRatePerSec);
  if (first.status !== 'sustained') return bracketByHalving(first, minRatePerSec, tryRate);
  let sustained = startRatePerSec;
  while (sustained < maxRatePerSec) {
    const next = await tryRate(2 * sustained);
    if (next.status === 'failed') return { sustained, failed: 2 * sustained, above: next.reason };
    if (next.status === 'unknown') return { sustained, failed: null, above: next.reason };
    sustained *= 2;
  }
  return { sustained, failed: null, above: 'no generator asks for more' };
}

/** What cannot be measured at one rate may be at a lower one. */
async function bracketByHalving(first: RateStep, minRatePerSec: number, tryRate: TryRate): Promise<Bracket | Capacity> {
  let last = first;
  while (last.ratePerSec / 2 >= minRatePerSec) {
    const next = await tryRate(last.ratePerSec / 2);
    if (next.status === 'sustained') {
      const failed = last.status === 'failed' ? last.ratePerSec : null;
      return { sustained: next.ratePerSec, failed, above: last.reason };
    }
    last = next;
  }
  const { ratePerSec, reason } = last;
  return last.status === 'failed' ? { status: 'below', ratePerSec, reason } : { status: 'unknown', reason };
}

/** Unknown in the middle counts as not sustained, but not as failed: it ends what can be measured. */
async function bisect(bracket: Bracket, precisionRatio: number, tryRate: TryRate): Promise<Bracket> {
  let { sustained, above } = bracket;
  let failed = bracket.failed;
  let ceiling = bracket.failed ?? 2 * bracket.sustained;
  while (ceiling / sustained > 1 + precisionRatio) {
    const candidate = rounded(Math.sqrt(sustained * ceiling));
    const outcome = await tryRate(candidate);
    if (outcome.status === 'sustained') {
      sustained = candidate;
      continue;
    }
    ceiling = candidate;
    above = outcome.reason;
    failed = outcome.status === 'failed' ? candidate : null;
  }
  return { sustained, failed, above };
}

async function confirm(bracket: Bracket, precisionRatio: number, tryRate: TryRate): Promise<Capacity> {
  let { sustained } = bracket;
  let reason = bracket.above;
  for (let attempts = 0; attempts < maxConfirmAttempts; attempts++) {
    const again = await tryRepeatedly(sustained, tryRate);
    const bad = again.find(({ status }) => status !== 'sustained');
    if (bad !== undefined) {
      reason = bad.reason;
      sustained = rounded(sustained / (1 + precisionRatio));
      continue;
    }
    const over = rounded(sustained * marginRatio);
    const beyond = await tryRepeatedly(over, tryRate);
    if (beyond.filter(({ status }) => status === 'failed').length >= failCount)
      return { status: 'found', ratePerSec: sustained, failedRatePerSec: over };
    const unknown = beyond.find(({ status }) => status === 'unknown');
    if (unknown !== undefined) return { status: 'at-least', ratePerSec: sustained, reason: unknown.reason };
    sustained = over;
  }
  return { status: 'unconfirmed', ratePerSec: sustained, reason };
}

async function tryRepeatedly(ratePerSec: number, tryRate: TryRate): Promise<RateStep[]> {
  const outcomes: RateStep[] = [];
  for (let count = 0; count < confirmCount; count++) outcomes.push(await tryRate(ratePerSec));
  return outcomes;
}

/** Three digits say all that a search to 5 % knows. */
function rounded(ratePerSec: number): number {
  return Number(ratePerSec.toPrecision(3));
}

/** What one probe at a fixed rate showed; `unknown`: the generator or the machine was at fault, never the target. */
export interface RateStep {
  readonly ratePerSec: number;
  readonly status: 'held' | 'failed' | 'unknown';
  /** In a few words, with the figure. */
  readonly reason: string;
}

export interface SearchOptions {
  readonly startRatePerSec: number;
  /** The found and the failed rate are at most this far apart: 0.05 is 5 %. */
  readonly precisionRatio: number;
  /** The search does not go down below it. */
  readonly minRatePerSec: number;
  tryRate(ratePerSec: number): Promise<RateStep>;
}

/**
 * found: held in every confirming probe, and a rate a tenth above it failed in most. at-least: held, but what lies above could
 * not be told. below: not even the lowest rate tried held. unconfirmed: it held once, and not again.
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
/** An unknown probe is done again before it counts. */
const maxUnknownAttempts = 2;

interface Bracket {
  readonly held: number;
  /** null: nothing failed up to where the generator could tell; `above` says why it goes no further. */
  readonly failed: number | null;
  readonly above: string;
}

/** The greatest rate that holds: brackets by doubling, bisects by ratio, confirms. */
export async function searchCapacity(options: SearchOptions): Promise<Capacity> {
  const probe = (ratePerSec: number) => tryUntilKnown(ratePerSec, options);
  const bracket = await bracketByDoubling(options, probe);
  if ('status' in bracket) return bracket;
  const narrowed = await bisect(bracket, options.precisionRatio, probe);
  return confirm(narrowed, options.precisionRatio, probe);
}

type TryRate = (ratePerSec: number) => Promise<RateStep>;

async function tryUntilKnown(ratePerSec: number, { tryRate }: SearchOptions): Promise<RateStep> {
  let outcome = await tryRate(ratePerSec);
  for (let tries = 1; tries < maxUnknownAttempts && outcome.status === 'unknown'; tries++)
    outcome = await tryRate(ratePerSec);
  return outcome;
}

async function bracketByDoubling(
  { startRatePerSec, minRatePerSec }: SearchOptions,
  probe: TryRate,
): Promise<Bracket | Capacity> {
  const first = await probe(startRatePerSec);
  if (first.status !== 'held') return bracketByHalving(first, minRatePerSec, probe);
  let held = startRatePerSec;
  while (held < maxRatePerSec) {
    const next = await probe(2 * held);
    if (next.status === 'failed') return { held, failed: 2 * held, above: next.reason };
    if (next.status === 'unknown') return { held, failed: null, above: next.reason };
    held *= 2;
  }
  return { held, failed: null, above: 'no generator asks for more' };
}

/** What cannot be told at one rate may be told at a lower one. */
async function bracketByHalving(first: RateStep, leastRatePerSec: number, probe: TryRate): Promise<Bracket | Capacity> {
  let last = first;
  while (last.ratePerSec / 2 >= leastRatePerSec) {
    const next = await probe(last.ratePerSec / 2);
    if (next.status === 'held') {
      const failed = last.status === 'failed' ? last.ratePerSec : null;
      return { held: next.ratePerSec, failed, above: last.reason };
    }
    last = next;
  }
  const { ratePerSec, reason } = last;
  return last.status === 'failed' ? { status: 'below', ratePerSec, reason } : { status: 'unknown', reason };
}

/** Unknown in the middle counts as not held, but not as failed: it ends what can be told. */
async function bisect(bracket: Bracket, precisionRatio: number, probe: TryRate): Promise<Bracket> {
  let { held, above } = bracket;
  let failed = bracket.failed;
  let ceiling = bracket.failed ?? 2 * bracket.held;
  while (ceiling / held > 1 + precisionRatio) {
    const middle = rounded(Math.sqrt(held * ceiling));
    const outcome = await probe(middle);
    if (outcome.status === 'held') {
      held = middle;
      continue;
    }
    ceiling = middle;
    above = outcome.reason;
    failed = outcome.status === 'failed' ? middle : null;
  }
  return { held, failed, above };
}

async function confirm(bracket: Bracket, precisionRatio: number, probe: TryRate): Promise<Capacity> {
  let { held } = bracket;
  let reason = bracket.above;
  for (let tries = 0; tries < maxConfirmAttempts; tries++) {
    const again = await tryRepeatedly(held, probe);
    const bad = again.find(({ status }) => status !== 'held');
    if (bad !== undefined) {
      reason = bad.reason;
      held = rounded(held / (1 + precisionRatio));
      continue;
    }
    const over = rounded(held * marginRatio);
    const beyond = await tryRepeatedly(over, probe);
    if (beyond.filter(({ status }) => status === 'failed').length >= failCount)
      return { status: 'found', ratePerSec: held, failedRatePerSec: over };
    const unknown = beyond.find(({ status }) => status === 'unknown');
    if (unknown !== undefined) return { status: 'at-least', ratePerSec: held, reason: unknown.reason };
    held = over;
  }
  return { status: 'unconfirmed', ratePerSec: held, reason };
}

async function tryRepeatedly(ratePerSec: number, probe: TryRate): Promise<RateStep[]> {
  const outcomes: RateStep[] = [];
  for (let count = 0; count < confirmCount; count++) outcomes.push(await probe(ratePerSec));
  return outcomes;
}

/** Three digits say all that a search to 5 % knows. */
function rounded(ratePerSec: number): number {
  return Number(ratePerSec.toPrecision(3));
}

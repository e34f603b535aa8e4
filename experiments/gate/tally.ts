import { needsConfirmation } from '../../src/compare/outcome.ts';
import type { RunComparison } from '../../src/model/comparison.ts';
import { normalQuantile } from '../../src/stats/distributions.ts';
import type { Interval } from '../../src/stats/interval.ts';
import type { Random } from '../../src/stats/random.ts';
import { comparedBlock, drawnBlocks, type Recording } from './recorded.ts';

/** How many blocks were flagged, and how many of these the next block flagged too. */
export interface Flagged {
  readonly onceCount: number;
  readonly confirmedCount: number;
}

export interface Tally {
  readonly blockCount: number;
  /** Blocks with any flag; confirmed: one that the next block has too. */
  readonly any: Flagged;
  /** By flag: "crud-go/history/warm/100/startup worse". */
  readonly byFlag: ReadonlyMap<string, Flagged>;
  /** Whether the recording had room for a next block. */
  readonly hasNext: boolean;
}

export interface TallyRequest {
  readonly pairCount: number;
  readonly blockCount: number;
  readonly random: Random;
  /** On the clock of performance.now: fewer blocks then. */
  readonly endMs: number;
}

/** Blocks drawn from a recording, each judged as `ci` does. */
export function talliedBlocks(recording: Recording, { pairCount, blockCount, random, endMs }: TallyRequest): Tally {
  const flags: FlagsOfBlock[] = [];
  let hasNext = true;
  while (flags.length < blockCount && performance.now() < endMs) {
    const { block, next } = drawnBlocks(recording, pairCount, random);
    const once = flagsOf(comparedBlock(block, recording));
    const again = next === null || once.size === 0 ? none : flagsOf(comparedBlock(next, recording));
    flags.push({ once, again });
    hasNext &&= next !== null;
  }
  return { ...tallied(flags), hasNext };
}

export interface FlagsOfBlock {
  readonly once: ReadonlySet<string>;
  readonly again: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

export function tallied(blocks: readonly FlagsOfBlock[]): Omit<Tally, 'hasNext'> {
  const confirmed = blocks.map(({ once, again }) => once.intersection(again));
  const count = (sets: readonly ReadonlySet<string>[], holds: (flags: ReadonlySet<string>) => boolean) =>
    sets.filter(holds).length;
  const once = blocks.map((block) => block.once);
  const flagged = (holds: (flags: ReadonlySet<string>) => boolean): Flagged => ({
    onceCount: count(once, holds),
    confirmedCount: count(confirmed, holds),
  });
  const names = new Set(once.flatMap((flags) => [...flags]));
  return {
    blockCount: blocks.length,
    any: flagged((flags) => flags.size > 0),
    byFlag: new Map([...names].sort().map((name) => [name, flagged((flags) => flags.has(name))])),
  };
}

/** What is gated and judged better or worse. */
export function flagsOf({ comparisons }: RunComparison): ReadonlySet<string> {
  return new Set(comparisons.filter(needsConfirmation).map(({ id, verdict }) => `${id} ${verdict.kind}`));
}

/** The 95 % interval of a share seen in `count` independent cases (Wilson 1927); `count` is at least 1. */
export function shareInterval(ratio: number, count: number): Interval {
  const z = normalQuantile(0.975);
  const middle = (ratio * count + z ** 2 / 2) / (count + z ** 2);
  const reach = (z / (count + z ** 2)) * Math.sqrt(count * ratio * (1 - ratio) + z ** 2 / 4);
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/** "62 % [48, 74]"; below 2 % and above 98 % with two digits more. */
export function shareText(ratio: number, count: number): string {
  const { low, high } = shareInterval(ratio, count);
  const digits = Math.min(high, 1 - low) < 0.1 ? 2 : 0;
  const percent = (part: number) => (100 * part).toFixed(digits);
  return `${percent(ratio)} % [${percent(low)}, ${percent(high)}]`;
}

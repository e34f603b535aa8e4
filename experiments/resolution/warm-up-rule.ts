/*
 * What the rule finds by which a trial says that its warm-up had not converged (src/run/trial/warm-up.ts): simulated warm-ups of which CPU
 * per request is level, or falls by so much over their last half, under noise of the recorded kind; beside it the rule before it (the
 * last two of four blocks, extended to six, within 3 %). `npm run warm-up-rule -- [--runs 4000]`
 */
import { isStillFalling, warmUpPartCount, warmupParts } from '../../src/run/trial/warm-up.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import { normalDraw } from '../gate/simulated.ts';
import { readArguments, reported } from './arguments.ts';

/**
 * Of log CPU per request. The machine's speed, the same for all, is an Ornstein–Uhlenbeck process; a target's own noise falls with the
 * root of the requests. Seconds of a window of crud-go at 400/s vary by 10.7 %, correlated by 0.41, and by 5.0 % beyond the database's,
 * uncorrelated; those of crud-node-async at 200/s by 10.8 %, uncorrelated (windows of 8 and 10 s on shared virtual machines).
 */
const noises = [
  { name: 'Go', machineSd: 0.094, machineSeconds: 1.6, ownSd: 0.035 },
  { name: 'Node', machineSd: 0.06, machineSeconds: 1.6, ownSd: 0.076 },
  { name: 'quiet', machineSd: 0.01, machineSeconds: 1.6, ownSd: 0.015 },
] as const;

/** Requests at which a target's own noise is given. */
const ownRequests = 400;

const warmUps = [
  { name: '1,600 at 800/s', count: 1_600, ratePerSec: 800 },
  { name: '5,000 at 500/s', count: 5_000, ratePerSec: 500 },
] as const;

/** By how much the cost at half the warm-up lies above that at its end, as a share of the cost in the long run. */
const falls = [0, 0.1, 0.2, 0.4] as const;

interface Outcome {
  readonly isExtended: boolean;
  readonly isFlagged: boolean;
}

interface Setting {
  readonly noise: (typeof noises)[number];
  readonly warmUp: (typeof warmUps)[number];
  readonly fallRatio: number;
}

interface Rule {
  readonly name: string;
  readonly partCount: number;
  judge(costs: readonly number[]): Outcome;
}

const rules: readonly Rule[] = [
  { name: 'the last two blocks within 3 % (before)', partCount: 4, judge: judgeBlocks },
  { name: 'Kendall’s trend in six parts (now)', partCount: warmUpPartCount, judge: judgeTrend },
];

await reported(async () => {
  const { numbers } = readArguments({ runs: 4_000 }, 'warm-up-rule');
  line('warm-up; noise', 'rule', ...falls.map((ratio) => (ratio === 0 ? 'level' : `falls by ${100 * ratio} %`)));
  line('---', '---', ...falls.map(() => '---:'));
  for (const warmUp of warmUps)
    for (const noise of noises)
      for (const rule of rules) {
        const cells = falls.map((fallRatio) => shareText(rule, { noise, warmUp, fallRatio }, numbers.runs));
        line(`${warmUp.name}; ${noise.name}`, rule.name, ...cells);
      }
  process.stdout.write(`
Of ${numbers.runs} warm-ups each: said not to have converged; in brackets, extended.
`);
});

function shareText({ partCount, judge }: Rule, setting: Setting, runCount: number): string {
  const random = createRandom(20_260_101);
  const outcomes = Array.from({ length: runCount }, () => judge(costsOf(partCount, setting, random)));
  const share = (holds: (one: Outcome) => boolean) => (100 * outcomes.filter(holds).length) / runCount;
  return `${share(({ isFlagged }) => isFlagged).toFixed(1)} % (${share(({ isExtended }) => isExtended).toFixed(0)} %)`;
}

/** Of all parts, with the extension. */
function costsOf(partCount: number, { noise, warmUp, fallRatio }: Setting, random: Random): number[] {
  const { count, ratePerSec } = warmUp;
  const { machineSd, machineSeconds, ownSd } = noise;
  const [requests = 0] = warmupParts(count, partCount);
  const scale = count / 2;
  const excess = fallRatio / (Math.exp(-1) - Math.exp(-2));
  const kept = Math.exp(-requests / ratePerSec / machineSeconds);
  let speed = machineSd * normalDraw(random);
  return Array.from({ length: 1.5 * partCount }, (_, part) => {
    const level = 1 + excess * Math.exp(-((part + 0.5) * requests) / scale);
    const cost = level * Math.exp(speed + ownSd * Math.sqrt(ownRequests / requests) * normalDraw(random));
    speed = kept * speed + machineSd * Math.sqrt(1 - kept ** 2) * normalDraw(random);
    return cost;
  });
}

function judgeBlocks(costs: readonly number[]): Outcome {
  const hasConverged = (sent: number) => Math.abs((costs[sent - 1] ?? 0) / (costs[sent - 2] ?? 0) - 1) < 0.03;
  const isExtended = !hasConverged(4);
  return { isExtended, isFlagged: isExtended && !hasConverged(5) && !hasConverged(6) };
}

function judgeTrend(costs: readonly number[]): Outcome {
  const isExtended = isStillFalling(costs.slice(0, warmUpPartCount)) ?? false;
  return { isExtended, isFlagged: isExtended && (isStillFalling(costs) ?? false) };
}

function line(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/*
 * What the recordings of `npm run record` say about how finely a run can tell: the spread between process starts of one implementation
 * (raw; with the round as a block; with the generator's CPU as covariate), for windows of every recorded length and for slices; what
 * slices get wrong; and which way of measuring seven implementations within `--budget` seconds gives the narrowest simultaneous intervals.
 * `npm run resolution -- [PATH…] [--budget 270]`: recordings or folders; without one, all of results/recordings.
 */
import { readArguments, recordingsAt, reported } from './arguments.ts';
import { type Bias, sliceBiases } from './biases.ts';
import { type Design, sliceDesigns, trialDesigns } from './figures.ts';
import type { ResolutionRecording } from './recording.ts';
import { halfWidthOfSeven, roundCounts, type Spread, spreadsOf } from './spread.ts';

const implementationCount = 7;

await reported(async () => {
  const { paths, numbers } = readArguments({ budget: 270 }, 'resolution');
  const recordings = await recordingsAt(paths);
  for (const recording of recordings) printRecording(recording, numbers.budget);
  printChoice(recordings, numbers.budget);
});

function printRecording(recording: ResolutionRecording, budgetSeconds: number): void {
  const { path, header, sessions, trials, rounds } = recording;
  const { implementations, machine } = header;
  print(`## ${path}`, '');
  print(
    `${header.mode} of ${implementations.join(', ')} on ${machine.cpuModel}, ${machine.coreCount} cores (${machine.id}).`,
  );
  print(`${sessions.length} sessions, ${new Set([...trials, ...rounds].map(({ round }) => round)).size} rounds.`, '');
  if (implementations.length < 2) print('One implementation: no pair is compared; only the raw spread is of use.', '');
  const left = trials.filter(({ status }) => status !== 'ok');
  if (left.length > 0) print(`${left.length} of ${trials.length} trials are left out: they were not ok.`, '');
  line(
    'measured as',
    'starts',
    's raw',
    's in rounds',
    's, generator as covariate',
    'its slope',
    `± at ${budgetSeconds} s`,
  );
  line('---', '---:', '---:', '---:', '---:', '---:', '---:');
  for (const design of designsOf(recording)) printDesign(design, budgetSeconds);
  print('');
  if (rounds.length > 0) printBiases(sliceBiases(rounds));
}

function designsOf({ header, trials, rounds }: ResolutionRecording): Design[] {
  if (header.mode === 'trials') return trialDesigns(trials);
  return rounds.length === 0 ? [] : sliceDesigns(rounds, header.parameters as Record<string, number>);
}

function printDesign(design: Design, budgetSeconds: number): void {
  const spreads = spreadsOf(design.figures);
  const { slope, startCount, raw, blocked, covaried } = spreads;
  const slopeText =
    slope === null
      ? ''
      : `${slope.value.toFixed(2)} [${slope.interval.low.toFixed(2)}, ${slope.interval.high.toFixed(2)}]`;
  line(
    design.label,
    String(startCount),
    ...[raw, blocked, covaried].map(spreadText),
    slopeText,
    bestText(bestOf(design.secondsPerStart, blocked, budgetSeconds)),
  );
}

interface Best {
  readonly roundCount: number;
  readonly halfWidth: number;
  /** At the upper end of the spread's interval. */
  readonly highHalfWidth: number | null;
}

/** As many rounds of seven as the budget holds. */
function bestOf(secondsPerStart: number, spread: Spread | null, budgetSeconds: number): Best | null {
  const affordable = Math.floor(budgetSeconds / (implementationCount * secondsPerStart));
  const roundCount = Math.min(affordable, Math.max(...roundCounts));
  if (spread === null || roundCount < Math.min(...roundCounts)) return null;
  const { ratio, interval } = spread;
  const highHalfWidth = interval === null ? null : halfWidthOfSeven(interval.high, roundCount);
  return { roundCount, halfWidth: halfWidthOfSeven(ratio, roundCount), highHalfWidth };
}

function bestText(best: Best | null): string {
  return best === null ? 'too long' : `${percent(best.halfWidth)} (${best.roundCount} rounds)`;
}

function printBiases(biases: readonly Bias[]): void {
  line('bias of slices', 'implementation', 'mean over starts [95 %]', 'starts');
  line('---', '---', '---:', '---:');
  for (const { what, implementation, unit, estimate } of biases) {
    if (estimate === null) continue;
    const isShare = what.startsWith('CPU while');
    const text = (value: number) =>
      unit === 'ms/s' ? `${value.toFixed(2)} ms/s` : percent(isShare ? value : Math.expm1(value));
    const { value, interval, count } = estimate;
    line(
      what,
      implementation ?? 'all',
      `${text(value)} [${text(interval.low)}, ${text(interval.high)}]`,
      String(count),
    );
  }
  print('');
}

interface Choice extends Pick<Design, 'label' | 'secondsPerStart'> {
  readonly best: Best;
}

/** Without and with the yardstick. */
function choicesOf({ label, secondsPerStart, figures }: Design, budgetSeconds: number): Choice[] {
  const { blocked, covaried } = spreadsOf(figures);
  const ways = [
    { label, spread: blocked },
    { label: `${label}; by the generator`, spread: covaried },
  ];
  return ways.flatMap(({ spread, ...way }) => {
    const best = bestOf(secondsPerStart, spread, budgetSeconds);
    return best === null ? [] : [{ ...way, secondsPerStart, best }];
  });
}

function printChoice(recordings: readonly ResolutionRecording[], budgetSeconds: number): void {
  const ranked = recordings
    .flatMap(designsOf)
    .flatMap((design) => choicesOf(design, budgetSeconds))
    .toSorted((a, b) => a.best.halfWidth - b.best.halfWidth);
  print(`## The narrowest intervals for seven implementations in ${budgetSeconds} s`, '');
  line('measured as', 'rounds', 's each start takes', 'half-width', 'at the upper end of s');
  line('---', '---:', '---:', '---:', '---:');
  for (const { label, secondsPerStart, best } of ranked.slice(0, 20)) {
    const { roundCount, halfWidth, highHalfWidth } = best;
    line(
      label,
      String(roundCount),
      secondsPerStart.toFixed(1),
      percent(halfWidth),
      highHalfWidth === null ? 'too few starts' : percent(highHalfWidth),
    );
  }
  print(
    '',
    "Half-width: of Tukey's simultaneous 95 % intervals with rounds as blocks; without and with the generator as covariate.",
    'Degrees of freedom are process starts; slices and seconds add none. A window shorter than the recorded one is its beginning.',
  );
}

function spreadText(spread: Spread | null): string {
  if (spread === null) return '';
  const { ratio, interval } = spread;
  return interval === null ? percent(ratio) : `${percent(ratio)} [${percent(interval.low)}, ${percent(interval.high)}]`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function line(...cells: string[]): void {
  print(`| ${cells.join(' | ')} |`);
}

function print(...lines: string[]): void {
  for (const text of lines) process.stdout.write(`${text}\n`);
}

import { join } from 'node:path';
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { RunResult } from '../model/run-result.ts';
import type { Measurement, Trial } from '../model/trial.ts';
import { rootDir } from '../run/paths.ts';
import { performRun, type RunRequest } from '../run/perform.ts';
import { median } from '../stats/quantile.ts';
import type { CommandContext } from './context.ts';
import { positiveCount, rateList } from './option.ts';
import { createProgress } from './progress.ts';
import { shortPath } from './report-file.ts';
import { plainChars } from './table.ts';

interface CalibrateFlags {
  readonly rate?: number[];
  readonly trials?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `paceline calibrate`: the floor below which a result on this machine says more about the generator than about a target. */
export function addCalibrate(program: Command, context: CommandContext): void {
  program
    .command('calibrate')
    .description(
      'drive the null target at a ladder of rates: how late and how dear the generator itself is on this machine',
    )
    .option('--rate <list>', 'rates per second (default: 25,100,1000,5000)', rateList)
    .option('--trials <n>', 'trials at each rate (default: 3)', positiveCount)
    .option('--out <file>', 'the result file (default: results/<machine>/…)')
    .option('--json', 'the result as JSON on standard output')
    .addHelpText('after', '\nExample:\n  npm run bench -- calibrate --rate 100,1000 --trials 5')
    .action(async (flags: CalibrateFlags) => {
      const progress = createProgress(
        { isTTY: context.stderr.isTTY === true, write: (text) => context.stderr.write(text) },
        { nowMs: () => performance.now(), verbose: false },
      );
      try {
        const { result, path } = await performRun(requestOf(flags), context, progress);
        progress.end();
        if (flags.json) context.stdout.write(`${JSON.stringify(result)}\n`);
        else context.stdout.write(`${floorText(result)}\n\nResult  ${shortPath(path)}\n`);
        context.exitCode = result.trials.some(({ status }) => status === 'ok') ? 0 : 3;
      } finally {
        progress.end();
      }
    });
}

function requestOf(flags: CalibrateFlags): RunRequest {
  return {
    scenario: 'calibrate',
    implementationGlobs: ['null-target'],
    implementationDirs: [join(rootDir, 'src', 'load')],
    overrides: {
      workload: null,
      ratesPerSec: flags.rate ?? null,
      trialCount: flags.trials ?? null,
      measureMs: null,
      warmupCount: null,
      workerCount: null,
      crashCount: null,
    },
    limit: null,
    probe: null,
    triesMost: 3,
    out: flags.out ?? null,
    saveReference: false,
  };
}

interface Column {
  readonly title: string;
  from(measurement: Measurement): number | null | undefined;
}

/** Medians over the trials that count; times in milliseconds, as everywhere. */
const columns: readonly Column[] = [
  { title: 'woke late p50 ms', from: ({ load }) => load?.wokeLate.p50Ms },
  { title: 'p99 ms', from: ({ load }) => load?.wokeLate.p99Ms },
  { title: 'service p50 ms', from: ({ load }) => load?.service.p50Ms },
  { title: 'p99 ms', from: ({ load }) => load?.service.p99Ms },
  { title: 'generator CPU ms', from: ({ cpu }) => cpu.generator?.perRequestMs },
  { title: 'null target CPU ms', from: ({ cpu }) => cpu.target.perRequestMs },
  { title: 'send-gap CV', from: ({ load }) => load?.generator.sendGapCvRatio },
];

function floorText(result: RunResult): string {
  const table = new Table({
    head: ['rate/s', ...columns.map(({ title }) => title), 'trials ok', 'pacer'],
    chars: plainChars,
    style: { head: [], border: [] },
    colAligns: ['right', ...columns.map(() => 'right' as const), 'right', 'left'],
  });
  const byRate = Map.groupBy(result.trials, ({ spec }) => spec.profile.ratePerSec);
  for (const [ratePerSec, trials] of byRate) table.push(floorRow(ratePerSec, trials));
  return table.toString();
}

function floorRow(ratePerSec: number, trials: readonly Trial[]): string[] {
  const measured = trials.flatMap((trial) => (trial.status === 'ok' ? [trial.measurement] : []));
  const figures = columns.map(({ from }) => {
    const value = median(measured.map((one) => from(one) ?? null).filter((known) => known !== null));
    return value === null ? '–' : String(Number(value.toPrecision(3)));
  });
  return [
    String(ratePerSec),
    ...figures,
    `${measured.length} of ${trials.length}`,
    measured[0]?.load?.generator.pacer ?? '–',
  ];
}

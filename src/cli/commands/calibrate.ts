import { join } from 'node:path';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { asDeclared } from '../../model/run-result.ts';
import { type Baseline, type BaselineRow, summarizeBaseline } from '../../report/baseline.ts';
import { checkoutProject } from '../../run/declarations.ts';
import { noOverrides } from '../../run/overrides.ts';
import { codeDir } from '../../run/paths.ts';
import type { Project } from '../../run/project.ts';
import { type RunRequest, runScenario } from '../../run/run-scenario.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import type { CommandContext } from '../context.ts';
import { plainChars } from '../format.ts';
import { positiveCount, rateList } from '../options.ts';
import { createProgress } from '../progress.ts';
import { withRunCommand } from '../replay-command.ts';
import { shortPath } from '../report-file.ts';

interface CalibrateFlags {
  readonly rate?: number[];
  readonly trials?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `paceline calibrate`: the null-target baseline, below which a result on this machine says more about the generator than about a target. */
export function addCalibrate(program: Command, context: CommandContext): void {
  program
    .command('calibrate')
    .description(
      'drive the null target at a ladder of rates: how much delay and CPU the generator itself adds on this machine',
    )
    .option('--rate <list>', 'rates per second (default: 25 to 40000)', rateList)
    .option('--trials <n>', 'trials at each rate (default: 3, above 5,000/s 2)', positiveCount)
    .option('--out <file>', 'the result file (default: results/<machine>/…)')
    .option('--json', 'the result as JSON on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  npm run bench -- calibrate --rate 100,1000 --trials 5\n\nExit codes: 0 measured, 2 usage, 3 no trial counts',
    )
    .action(async (flags: CalibrateFlags) => {
      await assertOutputsWritable({ '--out': flags.out });
      const progress = createProgress(context.stderr, { nowMs: () => performance.now(), verbose: false });
      try {
        const { result, path } = await runScenario(
          requestOf(flags),
          { ...context, project: calibrationProject(context) },
          progress,
        );
        progress.end();
        if (flags.json) context.stdout.write(`${JSON.stringify(result)}\n`);
        else context.stdout.print(`${baselineText(summarizeBaseline(result))}\n\nResult  ${shortPath(path)}\n`);
        context.exitCode = result.trials.some(({ status }) => status === 'ok') ? 0 : 3;
      } finally {
        progress.end();
      }
    });
}

/** The null target is paceline's own; its results are the project's. */
function calibrationProject({ folders: { resultsDir, reportsDir } }: CommandContext): Project {
  return { ...checkoutProject, implementationFolders: [], resultsDir, reportsDir };
}

function requestOf(flags: CalibrateFlags): RunRequest {
  return withRunCommand({
    scenario: 'calibrate',
    implementationGlobs: ['null-target'],
    runtimes: [],
    variants: null,
    implementationDirs: [join(codeDir, 'src', 'target')],
    overrides: { ...noOverrides, ratesPerSec: flags.rate ?? null, trialCount: flags.trials ?? null },
    limit: null,
    probe: null,
    transport: null,
    engine: 'paceline',
    maxAttempts: 3,
    profileIds: [],
    out: flags.out ?? null,
    saveReference: false,
    ranking: asDeclared,
    until: null,
  });
}

interface Column {
  readonly title: string;
  from(row: BaselineRow): number | null;
}

/** Times in milliseconds, as everywhere. */
const columns: readonly Column[] = [
  { title: 'generator delay p50 ms', from: (row) => row.generatorDelayP50Ms },
  { title: 'p99 ms', from: (row) => row.generatorDelayP99Ms },
  { title: 'service p50 ms', from: (row) => row.serviceP50Ms },
  { title: 'p99 ms', from: (row) => row.serviceP99Ms },
  { title: 'generator CPU ms', from: (row) => row.generatorCpuMs },
  { title: 'null target CPU ms', from: (row) => row.targetCpuMs },
  { title: 'send-gap CV', from: (row) => row.sendGapCv },
];

export function baselineText({ rows, highestRatePerSec, isLimit }: Baseline): string {
  const table = new Table({
    head: ['rate/s', ...columns.map(({ title }) => title), 'trials ok', 'loop'],
    chars: plainChars,
    style: { head: [], border: [] },
    colAligns: ['right', ...columns.map(() => 'right' as const), 'right', 'left'],
  });
  for (const row of rows) table.push(baselineRow(row));
  return `${table.toString()}\n\n${highestRateText(highestRatePerSec, isLimit)}; reports of this machine show this baseline`;
}

function highestRateText(highestRatePerSec: number | null, isLimit: boolean): string {
  if (highestRatePerSec === null) return 'none of these rates was kept';
  if (isLimit) return `highest rate kept: ${highestRatePerSec}/s (\`load\` refuses more unless asked)`;
  return `all were kept up to ${highestRatePerSec}/s: what this machine keeps at most lies above`;
}

function baselineRow(row: BaselineRow): string[] {
  const figures = columns.map(({ from }) => {
    const value = from(row);
    return value === null ? '–' : String(Number(value.toPrecision(3)));
  });
  return [String(row.ratePerSec), ...figures, `${row.okCount} of ${row.trialCount}`, row.loop ?? '–'];
}

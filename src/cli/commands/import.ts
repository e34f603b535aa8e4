import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { k6Reasons } from '../../k6/assessment.ts';
import { readCsvInstance, readScript } from '../../k6/csv-instances.ts';
import { measuredLoadOf } from '../../k6/measured-load.ts';
import {
  type InstanceSummary,
  type MergedLoad,
  mergeInstances,
  type PercentileRange,
  readSummary,
} from '../../k6/merge.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { RunResult } from '../../model/run-result.ts';
import { describeMachine } from '../../probe/machine.ts';
import { importedResult } from '../../run/import-k6.ts';
import { writeResult } from '../../store/result-file.ts';
import { assertOutputsWritable } from '../../store/write-file.ts';
import type { CommandContext } from '../context.ts';
import { oneOf } from '../options.ts';
import { readSample, type SampledShare, spentInWindow } from '../sample-file.ts';
import { memoryText } from '../spent-text.ts';

interface ImportFlags {
  readonly sample?: string;
  readonly clockOffset: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly impl?: string;
  readonly script?: string;
}

/** `paceline import k6 FILE…`: what all instances of an exported script did, as one load. */
export function addImport(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description(
      'add up what all instances of an exported k6 script counted, and say whether it was the load asked for',
    )
    .argument('<tool>', 'k6', oneOf('tool', ['k6']))
    .argument('<files...>', 'the summary or the log of each instance')
    .option('--sample <file>', 'what `sample --out` wrote on the target’s machine meanwhile')
    .option('--clock-offset <ms>', 'the target’s clock minus the generators’', milliseconds, 0)
    .option('--out <file>', 'make a result file of one trial, for report, compare and the gate')
    .option('--impl <id>', 'with --out: which implementation of the service was the target')
    .option('--script <file>', 'the script that ran, for files of `k6 run --out csv=FILE`')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(async (_tool: string, files: string[], flags: ImportFlags) => {
      assertFlagsTogether(flags, files);
      await assertOutputsWritable({ '--out': flags.out });
      const instances = await readInstances(files, flags.script);
      const load = mergeInstances(instances);
      const reasons = reasonsAgainst(load);
      const target =
        flags.sample === undefined ? null : spentInWindow(await readSample(flags.sample), load, flags.clockOffset);
      const kept = flags.out === undefined ? null : await resultOf(load, target, files, flags, context);
      if (flags.json)
        context.stdout.write(`${JSON.stringify({ load, reasons, target, clockOffsetMs: flags.clockOffset })}\n`);
      else
        context.stdout.print(
          `${loadText(load, reasons)}${target === null ? '' : targetText(target, load, flags.clockOffset)}`,
        );
      if (flags.out !== undefined && kept !== null) {
        await writeResult(flags.out, kept);
        context.stderr.write(`wrote ${flags.out}\n`);
      }
      const { ok } = load.counts;
      context.exitCode = reasons.length > 0 ? 3 : ok === load.scheduledCount ? 0 : 1;
    });
}

const examples = `
With --out it makes a result file, in the folder of the checkout or the config that exported the script.
The target's CPU and memory are in it where a sampler ran beside it; its start and its machine are not known.

Examples:
  npm run bench -- import k6 summary-1.json summary-2.json summary-3.json
  npm run bench -- import k6 pod-*.log --out head.json --impl crud-go
  npm run bench -- import k6 one.csv two.csv --script k6/script.js
  npm run bench -- import k6 pod-*.log --sample target.json --clock-offset 12

Exit codes: 0 all answered rightly, 1 some were not, 2 usage or files that do not belong together, 3 not the load asked for`;

function isCsv(file: string): boolean {
  return /\.csv(\.gz)?$/.test(file);
}

async function readInstances(files: readonly string[], scriptPath: string | undefined): Promise<InstanceSummary[]> {
  if (!files.some(isCsv)) return Promise.all(files.map(async (file) => readSummary(await readText(file), file)));
  if (!files.every(isCsv))
    throw new HarnessError(
      'usage',
      'summaries and CSV files are mixed',
      'give one kind: a summary has all that its CSV has',
    );
  if (scriptPath === undefined)
    throw new HarnessError('usage', 'a CSV does not say what was asked', 'name the script that ran with --script');
  const twice = files.find((file, index) => files.slice(0, index).some((other) => resolve(other) === resolve(file)));
  if (twice !== undefined)
    throw new HarnessError('usage', `${twice} is named twice`, 'give each instance of one run once');
  const script = readScript(await readText(scriptPath), scriptPath);
  const instanceCount = files.length;
  return Promise.all(files.map((file, index) => readCsvInstance(file, script, { index, instanceCount })));
}

/** What would have no effect is a slip. */
function assertFlagsTogether({ impl, out, sample, clockOffset, script }: ImportFlags, files: readonly string[]): void {
  const idle =
    impl !== undefined && out === undefined
      ? ['--impl names the target of a result file', 'add --out FILE, or leave it out']
      : clockOffset !== 0 && sample === undefined
        ? ['--clock-offset joins a sample to the load', 'add --sample FILE, or leave it out']
        : script !== undefined && !files.some(isCsv)
          ? ['--script is for CSV files: a summary has its plan', 'leave it out']
          : null;
  if (idle !== null) throw new HarnessError('usage', idle[0] as string, idle[1] as string);
}

async function resultOf(
  load: MergedLoad,
  target: SampledShare | null,
  files: readonly string[],
  { out = '', impl, sample, script, clockOffset }: ImportFlags,
  { loadProject }: CommandContext,
): Promise<RunResult> {
  const flags = [
    ...(impl === undefined ? [] : [`--impl ${impl}`]),
    ...(sample === undefined ? [] : [`--sample ${sample}`, `--clock-offset ${clockOffset}`]),
    ...(script === undefined ? [] : [`--script ${script}`]),
  ];
  const request = {
    implementation: impl ?? null,
    command: ['npm run bench -- import k6', ...files, `--out ${out}`, ...flags].join(' '),
    machine: describeMachine(),
    sampled: target === null ? null : { ...target, samples: [...target.samples], clockOffsetMs: clockOffset },
  };
  return importedResult(load, request, await loadProject());
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || text.trim() === '')
    throw new HarnessError('usage', `--clock-offset "${text}" is no number`, 'give milliseconds, as -3.5');
  return value;
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HarnessError('bad-result-file', `cannot read ${path} (${error.code})`, 'name a summary or a log of k6');
  });
}

type Reasons = ReturnType<typeof k6Reasons>;

function reasonsAgainst(merged: MergedLoad): Reasons {
  const load = measuredLoadOf(merged, { version: null, niceness: null, startedAtNs: 0 });
  return load.generator.engine === 'k6' ? k6Reasons(load, load.generator) : [];
}

function loadText(load: MergedLoad, reasons: Reasons): string {
  const { plan, instanceCount, scheduledCount, counts, startSkewMs, response, service, sendDelay } = load;
  const ended = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome.replace('_', ' ')}`);
  const wrongCount = scheduledCount - counts.ok;
  const unanswered =
    wrongCount === 0 ? '' : ` load, but ${wrongCount} of ${scheduledCount} requests were not answered rightly`;
  const skewMs = Math.max(0, ...startSkewMs.flatMap((one) => one.skewMs ?? []));
  return [
    `${plan.workload} at ${plan.ratePerSec}/s for ${plan.measureMs / 1_000} s by k6, ${instanceCount} ${instanceCount === 1 ? 'instance' : 'instances'}`,
    `  ${scheduledCount} due: ${ended.join(', ')}`,
    ...[{ response }, { service }, { 'send delay': sendDelay }].flatMap((one) =>
      Object.entries(one).map(
        ([name, { p50, p90, p99 }]) => `  ${name}: p50 ${rangeText(p50)}, p90 ${rangeText(p90)}, p99 ${rangeText(p99)}`,
      ),
    ),
    `  last start ${skewMs} ms after the first, by their own clocks`,
    ...(reasons.length === 0
      ? [`  valid${unanswered}`]
      : reasons.map(({ code, message }) => `  invalid: ${message} (${code})`)),
    '',
  ].join('\n');
}

function rangeText(range: PercentileRange | null): string {
  if (range === null) return '–';
  const [low, high] = [range.lowMs, range.highMs].map((ms) => (ms === null ? null : Number(ms.toPrecision(3))));
  return high === null ? `above ${low} ms` : `${low} to ${high} ms`;
}

function targetText({ cpuMs, peakPrivateBytes, program }: SampledShare, load: MergedLoad, offsetMs: number): string {
  const perRequest = (cpuMs / load.scheduledCount).toFixed(3);
  const cores = (cpuMs / load.plan.measureMs).toFixed(2);
  return `  target: ${program}: ${perRequest} ms CPU a request, ${cores} cores, private memory ${memoryText(peakPrivateBytes)} at most (clock offset ${offsetMs} ms as given)\n`;
}

import type { Command } from 'commander';
import { HarnessError } from '../../model/harness-error.ts';
import type { ProcessSample } from '../../model/trial.ts';
import { pause } from '../../os/child-process.ts';
import type { RunningProgram } from '../../probe/running-program.ts';
import { assertOutputsWritable, writeFileAtomically } from '../../store/write-file.ts';
import type { CommandContext } from '../context.ts';
import { positiveCount, secondsOption } from '../options.ts';
import { sampleFileText } from '../sample-file.ts';
import {
  memoryText,
  observeProgram,
  openNamedProgram,
  programEnded,
  type SpentResources,
  spentText,
} from '../spent-text.ts';

interface SampleFlags {
  readonly pid?: number;
  readonly cgroup?: string;
  readonly container?: string;
  readonly duration: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `paceline sample`: what a program that runs already spends, without a load. */
export function addSample(program: Command, context: CommandContext): void {
  program
    .command('sample')
    .description('CPU, private memory, context switches and page faults of a program that runs already')
    .option('--pid <n>', 'a process with all it started', positiveCount)
    .option('--cgroup <path>', 'a control group, as in /proc/PID/cgroup or by its folder')
    .option('--container <name>', 'a Docker container')
    .option('--duration <s>', 'seconds', secondsOption, 10)
    .option('--out <file>', 'the samples with the wall clock, for `import k6 --sample`')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(async (flags: SampleFlags) => {
      await sample(flags, context);
    });
}

const examples = `
Nothing is sent to the program, and nothing about it is changed. Ctrl-C ends the sampling early, with what there is.

Examples:
  npm run bench -- sample --pid 4711
  npm run bench -- sample --container shop --duration 60
  npm run bench -- sample --pid 4711 --duration 90 --out target.json    beside a load that k6 sends

Exit codes: 0 sampled, 2 usage, 3 it ended meanwhile`;

const pollMs = 100;

async function sample(flags: SampleFlags, { signal, stdout }: CommandContext): Promise<void> {
  const program = await openNamedProgram(flags);
  if (program === null)
    throw new HarnessError('usage', 'no program is named', 'name one with --pid, --cgroup or --container');
  await assertOutputsWritable({ '--out': flags.out });
  const startedAtMs = Date.now();
  const observer = observeProgram(program, Number(process.hrtime.bigint()));
  await waitFor(program, flags.duration * 1_000, signal);
  observer.close();
  const spent = await observer.end();
  if (flags.out !== undefined) await writeFileAtomically(flags.out, sampleFileText(startedAtMs, spent));
  if (flags.json) stdout.write(`${JSON.stringify(spent)}\n`);
  else stdout.print(`${sampleText(spent)}\n`);
  if (!program.isThere()) throw programEnded(program);
}

/** Until the time is over, the program has ended or somebody interrupts. */
async function waitFor(program: RunningProgram, durationMs: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs && !signal.aborted && program.isThere()) {
    await pause(Math.max(1, Math.min(pollMs, endMs - performance.now())), signal).catch(() => {});
  }
}

function sampleText(spent: SpentResources): string {
  const rows = spent.samples.slice(1).map((one, index) => rowText(one, spent.samples[index] as ProcessSample));
  return ['    s  CPU %  private  processes  threads', ...rows, spentText(spent, null)].join('\n');
}

function rowText(now: ProcessSample, before: ProcessSample): string {
  const cpuMs = now.cpuUserMs + now.cpuSystemMs - before.cpuUserMs - before.cpuSystemMs;
  const cpuPercent = (100 * cpuMs) / Math.max(1, now.atMs - before.atMs);
  const columns = [
    (now.atMs / 1_000).toFixed(0).padStart(5),
    cpuPercent.toFixed(1).padStart(6),
    memoryText(now.anonBytes).padStart(10),
    String(now.processCount ?? '–').padStart(9),
    String(now.threadCount ?? '–').padStart(8),
  ];
  return columns.join(' ');
}

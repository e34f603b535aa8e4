import Table from 'cli-table3';
import type { Command } from 'commander';
import type { FuzzFailure } from '../../fuzz/fuzz.ts';
import { type FuzzRun, fuzzImplementations } from '../../run/fuzz.ts';
import type { CommandContext } from '../context.ts';
import { plainChars } from '../format.ts';
import { collect, countOrZero, positiveCount } from '../options.ts';

interface FuzzFlags {
  readonly service: string;
  readonly seed: number;
  readonly requests: number;
  readonly impls?: string[];
  readonly json?: boolean;
}

/** `paceline fuzz [IMPL…]`: do all implementations answer the same requests alike, odd ones too? */
export function addFuzz(program: Command, context: CommandContext): void {
  program
    .command('fuzz')
    .description('send odd and valid requests to all implementations of a service and compare their answers')
    .argument('[impl...]', 'ids or globs (default: all)')
    .option('--service <id>', 'whose implementations', 'crud')
    .option('--seed <n>', 'the seed of the requests', countOrZero, 1)
    .option('--requests <n>', 'requests to each implementation', positiveCount, 2_000)
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--json', 'the report as JSON on standard output')
    .addHelpText('after', examples)
    .action(async (globs: string[], flags: FuzzFlags) => {
      context.exitCode = await fuzzCommand(globs, flags, context);
    });
}

const examples = `
Examples:
  npm run bench -- fuzz
  npm run bench -- fuzz crud-node-async crud-go --seed 7 --requests 10000
  npm run -s bench -- fuzz --json

The differences that are allowed, and why: bench/crud/bytes.md; as data: bench/crud/allowed-differences.ts.
Exit codes: 0 all alike, 1 answers differ or are wrong, 2 usage, 3 no implementation could be asked`;

async function fuzzCommand(globs: readonly string[], flags: FuzzFlags, context: CommandContext): Promise<number> {
  const { service, seed, requests: requestCount } = flags;
  const run = await fuzzImplementations({
    service,
    globs,
    directories: flags.impls ?? [],
    seed,
    requestCount,
    signal: context.signal,
    env: context.env,
    onStep: (text) => context.stderr.print(`${text}\n`),
    onFailure(failure) {
      if (!flags.json) context.stdout.print(failureText(failure));
    },
  });
  if (flags.json) context.stdout.write(`${JSON.stringify(run)}\n`);
  else context.stdout.print(summaryText(run));
  return run.failures.length > 0 ? 1 : 0;
}

function failureText({ class: name, caseIndex, reason, groups, requests }: FuzzFailure): string {
  const answers = groups.map(({ outcome, implementations }) => `  ${implementations.join(', ')}: ${outcome}\n`);
  const bytes = requests.map((request) => `  > ${JSON.stringify(brief(request))}\n`);
  return `${name}, case ${caseIndex}: ${reason}\n${answers.join('')}${bytes.join('')}\n`;
}

const maxShownCount = 700;

/** As JSON text: each byte is a character, and what a terminal would act on is escaped. */
function brief(request: string): string {
  if (request.length <= maxShownCount) return request;
  return `${request.slice(0, maxShownCount)}… (${request.length} bytes)`;
}

function summaryText(run: FuzzRun): string {
  const table = new Table({
    head: ['class', 'requests', 'allowed to differ', 'failed'],
    chars: plainChars,
    style: { head: [], border: [] },
  });
  for (const [name, count] of Object.entries(run.classes).sort()) {
    table.push([name, count.requestCount, count.allowedCount, count.failedCount]);
  }
  const allowed = Object.entries(run.allowed).sort();
  const list = allowed.map(([id, count]) => `  ${id}: ${count}\n`).join('');
  const skipped = run.skipped.map(({ implementation, reason }) => `${implementation}: skipped: ${reason}\n`).join('');
  const failed = Object.values(run.classes).reduce((sum, { failedCount }) => sum + failedCount, 0);
  return [
    `${table.toString()}\n`,
    allowed.length > 0 ? `Differences the list allows, by entry:\n${list}` : '',
    skipped,
    `${run.requestCount} requests to each of ${run.implementations.join(', ')} (seed ${run.seed}): `,
    failed === 0 ? fineText(run) : `${failed} failures of ${run.failures.length} kinds\n`,
  ].join('');
}

/** One alone is like itself. */
function fineText({ implementations }: FuzzRun): string {
  return implementations.length > 1
    ? 'all alike\n'
    : 'no answer is wrong by itself; there was no other implementation to compare it with\n';
}

import type { Command } from 'commander';
import { machineLabel } from '../../compare/text.ts';
import { lineText, markdownText } from '../../model/foreign-text.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { RunResult } from '../../model/run-result.ts';
import { describeMachine } from '../../probe/machine.ts';
import { assessClaims, toEvidence } from '../../report/build/claims.ts';
import type { ClaimVerdict } from '../../report/model.ts';
import { claimsText } from '../../report/text/claims-text.ts';
import { claimsMarkdown } from '../../report/text/markdown.ts';
import { resultsDir } from '../../run/paths.ts';
import { readResult } from '../../store/result-file.ts';
import { listResults } from '../../store/result-folder.ts';
import { loadClaimBook } from '../claim-book.ts';
import { type CommandContext, wantsColor } from '../context.ts';
import { oneOf } from '../options.ts';

interface ClaimsFlags {
  readonly format: 'text' | 'markdown';
  readonly why?: boolean;
  readonly json?: boolean;
}

/** `paceline claims [RESULT…]`: what the source documents say, and what was measured. */
export function addClaims(program: Command, context: CommandContext): void {
  program
    .command('claims')
    .description(
      'what two documents (the “seeds” of this project) claim of Go and Python, what was measured here, and a verdict on each',
    )
    .argument('[result...]', 'result files of one machine (default: all of this machine, reference runs included)')
    .option('--why', 'how each was measured, and what must be known beside its verdict')
    .option('--format <format>', 'text or markdown', oneOf('format', ['text', 'markdown']), 'text')
    .option('--json', 'as JSON')
    .addHelpText('after', examples)
    .action(async (paths: string[], flags: ClaimsFlags) => {
      const text = await claims(paths, flags, context);
      if (flags.json || flags.format === 'markdown') context.stdout.write(text);
      else context.stdout.paint(text);
    });
}

const examples = `
Examples:
  npm run bench -- claims
  npm run bench -- claims results/<machine>/<file>.json --why
  npm run bench -- claims --format markdown

Verdicts: holds, holds in part, does not hold (rules: docs/claims.md), not measured (no result has a figure that
counts: \`run claims\` makes them all, \`run blog-post\`, \`run primitives\` and \`run raft-scale\` a part each).`;

async function claims(paths: readonly string[], flags: ClaimsFlags, context: CommandContext): Promise<string> {
  const book = await loadClaimBook();
  const results = paths.length > 0 ? await readOneMachine(paths) : await resultsOfThisMachine();
  const assessed = assessClaims(book.claims, results.map(toEvidence), book.codeLines);
  if (flags.json) return `${JSON.stringify(assessed)}\n`;
  const [result] = results;
  const place = result === undefined ? nothingYet : machineText(result);
  if (flags.format === 'markdown')
    return `${result === undefined ? '' : `${markdownText(place)}\n\n`}${claimsMarkdown(assessed, book.sources)}\n`;
  return `${place}\n\n${claimsText(assessed, painter(wantsColor(context)), flags.why ?? false)}\n`;
}

function machineText({ machine }: RunResult): string {
  return `Measured on ${lineText(machineLabel(machine))} (machine ${lineText(machine.id)}); a ratio holds for this machine.`;
}

const nothingYet = `Nothing was measured on this machine yet. First run what the claims are about, with the implementations that they name:
  npm run bench -- run claims --impl '*-go' --impl crud-python-flask --impl raft-python-threads --impl primitives-python`;

const colors: Readonly<Record<ClaimVerdict, number>> = {
  holds: 32,
  'holds in part': 33,
  'does not hold': 31,
  'not measured': 2,
};

function painter(color: boolean) {
  return (verdict: ClaimVerdict, text: string) => (color ? `\u001b[${colors[verdict]}m${text}\u001b[0m` : text);
}

async function readOneMachine(paths: readonly string[]): Promise<RunResult[]> {
  const results = await Promise.all(paths.map(readResult));
  const machines = new Set(results.map(({ machine }) => machine.id));
  if (machines.size <= 1) return results;
  throw new HarnessError(
    'usage',
    `these results are of ${machines.size} machines (${[...machines].join(', ')})`,
    'name those of one machine: figures of different machines are never put into one table',
  );
}

async function resultsOfThisMachine(): Promise<RunResult[]> {
  const { id } = describeMachine();
  const listed = await listResults(resultsDir);
  return listed.flatMap(({ result }) => (result?.machine.id === id ? [result] : []));
}

import type { Command } from 'commander';
import { type ContractCheck, checkContract } from '../../run/conform/check-contract.ts';
import type { CommandContext } from '../context.ts';
import { collect } from '../options.ts';

interface ConformFlags {
  readonly impls?: string[];
  readonly json?: boolean;
}

/** `paceline conform [IMPL…]`: does an implementation keep its whole contract? */
export function addConform(program: Command, context: CommandContext): void {
  program
    .command('conform')
    .description(
      'check implementations against their contract: vectors, linearizability, statement budgets, shutdown, loss of the database',
    )
    .argument('[impl...]', 'ids or globs (default: all)')
    .option('--impls <dir>', 'look for implementations in this folder too (repeatable)', collect)
    .option('--json', 'one JSON object a part on standard output')
    .addHelpText('after', examples)
    .action(async (globs: string[], flags: ConformFlags) => {
      context.exitCode = await conform(globs, flags, context);
    });
}

const examples = `
Examples:
  npm run bench -- conform crud-go
  npm run bench -- conform 'crud-node-*' --json
  npm run bench -- conform 'raft-*'                 clients write and read while leaders crash
Of a config: the vectors of its contract, then each of its requests once.

Exit codes: 0 kept, 1 a contract is broken, 2 usage, 3 something could not be built, or nothing could be checked`;

async function conform(globs: readonly string[], flags: ConformFlags, context: CommandContext): Promise<number> {
  const onStep = (text: string) => context.stderr.print(`${text}\n`);
  let failureCount = 0;
  let checkedCount = 0;
  let unbuiltCount = 0;
  const project = await context.loadProject();
  for await (const found of checkContract({ globs, directories: flags.impls ?? [], project, onStep, ...context })) {
    if (found.kind === 'part') {
      checkedCount += 1;
      failureCount += found.part.failures.length;
    }
    if (found.kind === 'not-built') unbuiltCount += 1;
    if (flags.json) context.stdout.write(`${jsonLine(found)}\n`);
    else context.stdout.print(contractCheckText(found));
  }
  if (failureCount > 0) return 1;
  return checkedCount > 0 && unbuiltCount === 0 ? 0 : 3;
}

function jsonLine({ implementation, ...found }: ContractCheck): string {
  return JSON.stringify({ implementation: implementation.id, ...found });
}

function contractCheckText(found: ContractCheck): string {
  const { id } = found.implementation;
  if (found.kind === 'skipped') return `${id}: skipped: ${found.reason}\n  Remedy: ${found.remedy}\n`;
  if (found.kind === 'not-built') return `${id}: ${found.reason}\n`;
  const { title, checkCount, failures, notChecked } = found.part;
  if (notChecked !== null) return `${id}: ${title}: not checked: ${notChecked}\n`;
  if (failures.length === 0) return `${id}: ${title}: ${checkCount} checks passed\n`;
  const list = failures.map((failure) => `  ${failure}\n`).join('');
  return `${id}: ${title}: ${failures.length} of ${checkCount} checks failed\n${list}`;
}

import type { Command } from 'commander';
import { resultJsonSchema } from '../../store/result-file.ts';
import type { CommandContext } from '../context.ts';

/** `paceline schema`: the JSON Schema of a result file, made from the types' own source. */
export function addSchema(program: Command, context: CommandContext): void {
  program
    .command('schema')
    .description('the JSON Schema of a result file')
    .addHelpText('after', '\nExample:\n  npm run -s bench -- schema > result.schema.json')
    .action(() => {
      context.stdout.write(`${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
    });
}

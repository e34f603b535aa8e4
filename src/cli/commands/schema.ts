import { Argument, type Command } from 'commander';
import { configJsonSchema } from '../../config/schema.ts';
import { resultJsonSchema } from '../../store/result-file.ts';
import type { CommandContext } from '../context.ts';

const schemas = { result: resultJsonSchema, config: configJsonSchema } as const;
const names = ['result', 'config'] as const satisfies readonly (keyof typeof schemas)[];

/** `paceline schema`: the JSON Schema of a result file or a config, made from the types' own source. */
export function addSchema(program: Command, context: CommandContext): void {
  program
    .command('schema')
    .description('the JSON Schema of a result file, or of a config')
    .addArgument(new Argument('[of]', 'what it describes').choices(names).default('result'))
    .addHelpText('after', '\nExample:\n  npm run -s bench -- schema > result.schema.json')
    .action((of: (typeof names)[number]) => {
      context.stdout.write(`${JSON.stringify(schemas[of](), null, 2)}\n`);
    });
}

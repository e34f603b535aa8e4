import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * The options of an experiment, as `parseArgs` of node:util reads them. `--help` prints the comment at the head of the experiment's file and
 * ends; an option that it does not have is one sentence and exit code 2.
 */
export function readCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(`${headComment(readFileSync(process.argv[1] as string, 'utf8'))}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nremedy: --help says which options there are\n`);
    process.exit(2);
  }
}

/** The text of the first block comment of a source. */
export function headComment(source: string): string {
  const [, text = ''] = /\/\*+\s+([\s\S]*?)\s*\*\//.exec(source) ?? [];
  return text
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, ''))
    .join('\n');
}

import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { draftConfig } from '../../config/draft.ts';
import { configNames, outputFolder } from '../../config/find-project.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { writeFileAtomically } from '../../store/write-file.ts';
import type { CommandContext } from '../context.ts';

interface InitFlags {
  readonly json?: boolean;
  readonly openapi?: string;
  readonly har?: string;
  readonly url?: string;
}

/** `paceline init`: a config for the service in this folder. */
export function addInit(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description('write a commented paceline.config.ts for the service in this folder, from what is found there')
    .option('--json', 'write paceline.config.json instead: no comments, for a folder without TypeScript or npm')
    .option('--openapi <file>', 'take the requests from an OpenAPI 3 description')
    .option('--har <file>', 'take the requests from what a browser has recorded (HTTP Archive)')
    .option(
      '--url <url>',
      'take the one request from a URL, and its port for a service that cannot be told one; with --har, the host to take',
    )
    .addHelpText('after', examples)
    .action(async (flags: InitFlags) => {
      await init(flags, context);
    });
}

const examples = `
It looks for go.mod, package.json, pyproject.toml, requirements.txt and Cargo.toml, and asks nothing. Nothing is sent anywhere: not
to the servers that an OpenAPI description or a recording names, and not to the URL.
Of a recording only one host is taken, the most frequent one or that of --url. Cookies, tokens and passwords in it are not written:
their places are taken by {env:NAME}, a variable of your environment.

Examples:
  npm run bench -- init
  npm run bench -- init --openapi openapi.yaml
  npm run bench -- init --har recording.har --url https://shop.example.org
  npm run bench -- init --url http://127.0.0.1:8080/items`;

async function init(flags: InitFlags, { stdout }: CommandContext): Promise<void> {
  const folder = process.cwd();
  const there = configNames.find((name) => existsSync(join(folder, name)));
  if (there !== undefined)
    throw new HarnessError('usage', `${there} is there already`, 'change it, or remove it before `paceline init`');
  const draft = await draftConfig({
    folder,
    asJson: flags.json ?? false,
    openapiPath: flags.openapi ?? null,
    harPath: flags.har ?? null,
    url: flags.url ?? null,
  });
  const name = `paceline.config.${flags.json ? 'json' : await moduleEnding(folder)}`;
  await writeFileAtomically(join(folder, name), draft.text);
  await ignoreOutput(folder);
  const lines = [`wrote ${name}: ${draft.found}`, ...draft.open.map((one) => `  to do: ${one}`)];
  stdout.print(`${lines.join('\n')}\nnext: npm run bench -- run smoke, then npm run bench -- run\n`);
}

/** In a package that is not of modules, Node would read a .ts twice and warn. */
async function moduleEnding(folder: string): Promise<'ts' | 'mts'> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{"type":"module"}');
  return /"type"\s*:\s*"module"/.test(text) ? 'ts' : 'mts';
}

/** Results are kept out of commits, where there is a repository. */
async function ignoreOutput(folder: string): Promise<void> {
  if (!existsSync(join(folder, '.git')) && !existsSync(join(folder, '.gitignore'))) return;
  const path = join(folder, '.gitignore');
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.split('\n').some((line) => line.replaceAll('/', '') === outputFolder)) return;
  await appendFile(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}${outputFolder}/\n`);
}

import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { systemCacheDir } from '../../database/binaries.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { cacheDir, rootDir } from '../../run/paths.ts';
import { runningCount } from '../../run/session/cleanup-registry.ts';
import { folderBytes } from '../../target/runtime-install.ts';
import type { CommandContext } from '../context.ts';
import { megabytesText } from '../format.ts';

interface CacheFlags {
  readonly size?: boolean;
  readonly clear?: boolean;
}

/** `paceline cache`: how large it is, and how to be rid of it. */
export function addCache(program: Command, context: CommandContext): void {
  program
    .command('cache')
    .description(
      'the size of what paceline keeps outside the checkout (--size), or remove what can be made again (--clear)',
    )
    .option('--size', 'print the size of each part (the default)')
    .option('--clear', 'remove all that can be made again: builds, installed runtimes, programs of the database')
    .addHelpText('after', help)
    .action(async (flags: CacheFlags) => {
      if (flags.size && flags.clear)
        throw new HarnessError('usage', '--size and --clear exclude each other', 'give one of them');
      await (flags.clear ? clear(context) : printSizes(context));
    });
}

const help = `
Example:
  npm run bench -- cache --size
  npm run bench -- cache --clear

Exit codes: 0 done, 2 usage, 3 another command is using the cache`;

/** What a person would lose: this machine's fastest time, and the record of what must be cleaned up. */
const keptNames: readonly string[] = ['runs', 'spin.json', 'worktrees'];

interface Part {
  readonly path: string;
  readonly bytes: number;
  readonly isKept: boolean;
}

async function partsOf(cache: string): Promise<Part[]> {
  const names = (await readdir(cache).catch(() => [])).sort();
  const within = names.flatMap((name) => (name === 'runtimes' ? [] : [join(cache, name)]));
  const runtimes = (await readdir(join(cache, 'runtimes')).catch(() => [])).sort();
  const paths = [
    ...within,
    ...runtimes.map((name) => join(cache, 'runtimes', name)),
    join(rootDir, '.cache'),
    systemCacheDir,
  ];
  const parts = paths.map(async (path) => ({
    path,
    bytes: await folderBytes(path),
    isKept: keptNames.includes(basename(path)),
  }));
  return (await Promise.all(parts)).filter(({ bytes }) => bytes > 0);
}

async function printSizes({ env, stdout }: CommandContext): Promise<void> {
  const parts = await partsOf(cacheDir(env));
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes, isKept } of parts)
    stdout.write(`${megabytesText(bytes).padStart(10)}  ${path}${isKept ? ' (--clear keeps it)' : ''}\n`);
  stdout.write(`${megabytesText(total).padStart(10)}  in all\n`);
}

async function clear({ env, stdout }: CommandContext): Promise<void> {
  const cache = cacheDir(env);
  const count = await runningCount(cache);
  if (count > 0) {
    const message = `${count} other ${count === 1 ? 'command is' : 'commands are'} using ${cache}`;
    throw new HarnessError('cannot-measure', message, 'wait until it has ended, then clear');
  }
  const parts = (await partsOf(cache)).filter(({ isKept }) => !isKept);
  for (const { path } of parts) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  const freed = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  stdout.write(`removed ${megabytesText(freed)} from ${cache} and this checkout's .cache\n`);
}

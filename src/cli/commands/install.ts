import { dirname } from 'node:path';
import type { Command } from 'commander';
import { buildK6, isK6Built, k6Version, removeK6 } from '../../k6/program.ts';
import { cacheDir } from '../../run/paths.ts';
import { install, installableRuntimes, runtimesNamed } from '../../run/runtimes.ts';
import { withSession } from '../../run/session/session.ts';
import { installedFolders, uninstallRuntime } from '../../target/runtime-install.ts';
import type { Runtime } from '../../target/runtimes.ts';
import type { CommandContext } from '../context.ts';
import { megabytesText } from '../format.ts';

/** `paceline install [RUNTIME…]`: brings a pinned runtime into the cache, and onto nobody's PATH. */
export function addInstall(program: Command, context: CommandContext): void {
  program
    .command('install')
    .description('install runtimes into the cache, pinned; without a name: list them')
    .argument('[runtime...]', 'bun, deno, node-24 …; k6 for `run --engine k6`')
    .addHelpText('after', examples)
    .action(async (names: string[]) => {
      const rows = await installableRuntimes();
      const own = runtimesNamed(names.filter(isRuntime), rows);
      if (names.length === 0) context.stdout.write(await listing(rows, cacheDir(context.env)));
      if (own.length > 0) await installAll(own, context);
      if (own.length < names.length) await installK6(context);
    });
}

const examples = `
Examples:
  npm run bench -- install                  what can be installed, how large it is, and what is here
  npm run bench -- install bun deno
  npm run bench -- install k6               for run --engine k6; it needs Go
  npm run bench -- run quick --runtimes bun installs it too, where there is no Bun
  npm run bench -- uninstall bun

Exit codes: 0 it is here, 2 usage, 3 the registry did not give it, or it does not run on this machine`;

function isRuntime(name: string): boolean {
  return name !== 'k6';
}

/** From its Go module: no registry has it built. */
async function installK6({ env, signal, stderr, stdout }: CommandContext): Promise<void> {
  const onProgress = (text: string) => stderr.write(`${text}\n`);
  const { path, version } = await buildK6({ cacheDir: cacheDir(env), signal, onProgress });
  stdout.write(`k6: ${version} is in ${dirname(path)}\n`);
}

async function installAll(rows: readonly Runtime[], context: CommandContext): Promise<void> {
  const onStep = (text: string) => context.stderr.write(`${text}\n`);
  await withSession({ ...context, probe: null, onStep }, async (session) => {
    for (const row of rows) {
      const { found, folder, isNew } = await install(row, session, onStep);
      context.stdout.write(`${row.name}: ${found.version} ${isNew ? 'installed' : 'is'} in ${folder}\n`);
    }
  });
}

async function listing(rows: readonly Runtime[], cache: string): Promise<string> {
  const installed = new Set((await installedFolders(cache)).map(({ name }) => name));
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, title, package: own }) => {
    const state = installed.has(name) ? 'installed' : 'not installed';
    return `  ${name.padEnd(nameWidth)}  ${`${own?.sizeMB ?? 0} MB`.padStart(6)}  ${state.padEnd(13)}  ${title}\n`;
  });
  const k6 = `k6 ${k6Version}, which sends for \`run --engine k6\`: ${isK6Built(cache) ? 'built' : 'not built'} (from its Go module, by Go)\n`;
  return `Runtimes that paceline can install:\n${lines.join('')}${k6}`;
}

/** `paceline uninstall RUNTIME…` */
export function addUninstall(program: Command, context: CommandContext): void {
  program
    .command('uninstall')
    .description('remove runtimes from the cache')
    .argument('<runtime...>', 'bun, deno, node-24 …, k6')
    .addHelpText('after', '\nExample:\n  npm run bench -- uninstall bun')
    .action(async (names: string[]) => {
      if (!names.every(isRuntime)) {
        await removeK6(cacheDir(context.env));
        context.stdout.write('k6: removed\n');
      }
      for (const row of runtimesNamed(names.filter(isRuntime), await installableRuntimes())) {
        const freedBytes = await uninstallRuntime(row, cacheDir(context.env));
        const text = freedBytes === 0 ? 'was not installed' : `removed, ${megabytesText(freedBytes)} freed`;
        context.stdout.write(`${row.name}: ${text}\n`);
      }
    });
}

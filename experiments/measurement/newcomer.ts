/*
 * How long it takes from a folder with a service and nothing else to its first page: `npm run newcomer [-- --warm]`. The three commands
 * of docs/your-service.md with the packed paceline, as a user types them; npm's cache and paceline's own are empty, or with --warm npm's
 * is the one of this machine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packPackage, userEnvironment } from '../../test/support/package.ts';
import { readCommandLine } from '../command-line.ts';

const { values } = readCommandLine({ options: { warm: { type: 'boolean', default: false } } });
const limitSec = 180;
const server = `const { createServer } = require('node:http');
createServer((request, response) => response.end('ok')).listen(process.env.PORT, process.env.HOST);
`;

const packed = packPackage();
try {
  const dir = join(packed.dir, 'shop');
  mkdirSync(dir);
  writeFileSync(join(dir, 'server.js'), server);
  writeFileSync(join(dir, 'package.json'), '{ "name": "shop", "version": "1.0.0" }');
  const npmCache = values.warm ? {} : { npm_config_cache: join(packed.dir, 'npm-cache') };
  const env = { ...userEnvironment(join(packed.dir, 'cache')), ...npmCache };
  const commands = [
    ['npm', 'install', '--save-dev', packed.tarball],
    ['npx', 'paceline', 'init'],
    ['npx', 'paceline', 'run'],
  ];
  let totalSec = 0;
  for (const command of commands) {
    const sec = await timed(command, dir, env);
    totalSec += sec;
    process.stdout.write(`${sec.toFixed(1).padStart(6)} s  ${command.slice(0, 3).join(' ')}\n`);
  }
  const pages = readdirSync(join(dir, '.paceline', 'reports'));
  process.stdout.write(`${totalSec.toFixed(1).padStart(6)} s  in all, of at most ${limitSec}: ${pages.join(', ')}\n`);
  process.exitCode = totalSec <= limitSec && pages.length === 1 ? 0 : 1;
} finally {
  packed.remove();
}

/** Seconds that a command took. Throws where it fails. */
async function timed(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const [program = '', ...words] = command;
  const startedMs = performance.now();
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}`);
  return (performance.now() - startedMs) / 1_000;
}

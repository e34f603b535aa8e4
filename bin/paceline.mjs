#!/usr/bin/env node
// The one entry. npm puts the pinned Node (a platform package) first on PATH; where none fits the platform, the machine's
// own Node runs this file and must be new enough to run TypeScript directly. Plain JavaScript, so that an old Node can say so.
import module from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `paceline: this is Node ${process.versions.node}, which cannot run TypeScript; paceline needs 24 or newer.\n` +
      'Remedy: run `npm ci` in the checkout and start paceline with `npm run bench` or `npx paceline`, which find the pinned Node; where npm has none for this platform, install Node 24 or newer.\n',
  );
  process.exit(3);
}
// What Node has compiled is kept in the cache folder (src/run/paths.ts): else each start strips the types of all files again.
const { PACELINE_CACHE_DIR = '', XDG_CACHE_HOME = '', HOME = homedir() } = process.env;
const cacheDir = isAbsolute(PACELINE_CACHE_DIR)
  ? PACELINE_CACHE_DIR
  : join(isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache'), 'paceline');
module.enableCompileCache(join(cacheDir, 'compiled'));
const { main } = await import('../src/cli/main.ts');
await main(process.argv);

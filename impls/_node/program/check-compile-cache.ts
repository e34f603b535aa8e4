// The check of that build: does Node take the given scripts from NODE_COMPILE_CACHE here, as this user? Such a cache belongs to one
// user, one version and one path, and Node says nothing when it is not used: the process only starts later and is larger.
import { spawnSync } from 'node:child_process';

const { NODE_COMPILE_CACHE = '' } = process.env;

for (const script of process.argv.slice(2)) {
  const { stderr } = spawnSync(process.execPath, [script], {
    env: { NODE_COMPILE_CACHE, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    encoding: 'utf8',
    timeout: 30_000,
    maxBuffer: 64 * 2 ** 20,
  });
  const found = /retrieving transpile cache for StrippedTypeScript .*\.\.\.success/.test(stderr);
  const missed = /retrieving transpile cache for StrippedTypeScript (.*)\.\.\.(?!success)/.exec(stderr);
  if (found && missed === null) continue;
  console.error(`Node does not find ${missed?.[1] ?? script} in the compile cache of its build`);
  process.exit(1);
}

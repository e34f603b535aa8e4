// test-lane: waits
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findK6, k6Version } from '../../src/k6/program.ts';
import type { HarnessError } from '../../src/model/harness-error.ts';
import { paceline } from '../support/paceline.ts';

const dir = mkdtempSync(join(tmpdir(), 'paceline-k6-'));
after(() => rmSync(dir, { recursive: true, force: true }));

/** A program that only says its version. */
function fakeK6(folder: string, version: string): string {
  mkdirSync(join(dir, folder), { recursive: true });
  const path = join(dir, folder, 'k6');
  writeFileSync(path, `#!/bin/sh\necho "k6 v${version} (go1.26.0, linux/amd64)"\n`);
  chmodSync(path, 0o755);
  return path;
}

const on = (folder: string) => ({ PATH: `${join(dir, folder)}:/usr/bin:/bin` });
const noCache = join(dir, 'empty');

async function refusal(env: NodeJS.ProcessEnv): Promise<HarnessError> {
  return findK6({ env, cacheDir: noCache }).then(
    () => assert.fail('found'),
    (error) => error,
  );
}

test('k6 of the same major version on PATH is taken; of another one the pinned k6 of the cache is, or nothing', async () => {
  const near = fakeK6('near', '1.2.0');
  assert.deepEqual(await findK6({ env: on('near'), cacheDir: noCache }), { path: near, version: '1.2.0' });
  fakeK6('far', '2.0.1');
  const { code, message, remedy } = await refusal(on('far'));
  assert.equal(code, 'cannot-measure');
  assert.equal(message, 'k6 on PATH is version 2.0.1, and --engine k6 needs version 1');
  assert.match(remedy, /install k6/);
  const cached = fakeK6(join('cache', 'peers', `k6-v${k6Version}`), k6Version);
  const found = await findK6({ env: on('far'), cacheDir: join(dir, 'cache') });
  assert.deepEqual(found, { path: cached, version: k6Version });
});

test('no k6 at all is told in one sentence', async () => {
  mkdirSync(join(dir, 'none'));
  assert.equal((await refusal(on('none'))).message, 'there is no k6, and --engine k6 needs version 1');
});

test('what k6 cannot send, and a flag of the other engine, are refused before anything is built', async () => {
  const mixed = await paceline(['run', 'quick', '--engine', 'k6', '--workload', 'mixed', '--impl', 'crud-go']);
  assert.equal(mixed.exitCode, 2, mixed.stderr);
  assert.match(mixed.stderr, /mixed cannot be exported to k6: /);
  const flag = await paceline(['run', 'quick', '--engine', 'k6', '--transport', 'native']);
  assert.equal(flag.exitCode, 2);
  assert.match(flag.stderr, /--transport is about paceline’s own generator/);
});

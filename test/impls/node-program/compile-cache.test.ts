// test-lane: busy
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { expandAll } from '../../../src/target/manifest.ts';
import { newFolder } from '../node-raft/host.ts';

const scripts = {
  'crud-node-async': ['main.ts'],
  'crud-node-processes': ['main.ts'],
  'crud-node-threads': ['main.ts'],
  'crud-node-workers': ['main.ts', 'cpu-tasks.ts'],
  'raft-node-async': ['main.ts'],
  'raft-node-workers': ['main.ts', 'node-thread.ts'],
  'raft-node-processes': ['main.ts', 'node-process.ts'],
};

for (const [id, names] of Object.entries(scripts)) {
  test(`${id}: what its build has cached is all the TypeScript it loads`, (t) => {
    const dir = join(import.meta.dirname, '..', '..', '..', 'impls', id);
    const build = newFolder(t);
    const manifest = JSON.parse(readFileSync(join(dir, 'impl.json'), 'utf8'));
    const values = { node: process.execPath, build, dir };
    const [program = '', ...rest] = expandAll(manifest.build[0], values);
    assert.equal(spawnSync(program, rest, { cwd: dir, stdio: 'inherit' }).status, 0);
    const [NODE_COMPILE_CACHE = ''] = expandAll([manifest.env.NODE_COMPILE_CACHE], values);
    for (const name of names) {
      const env = { NODE_COMPILE_CACHE, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
      const { stderr } = spawnSync(process.execPath, [name], { cwd: dir, env, encoding: 'utf8' });
      assert.match(
        stderr,
        new RegExp(`retrieving transpile cache for StrippedTypeScript .*/${id}/${name}\\.\\.\\.success`),
      );
      assert.doesNotMatch(stderr, /no transpile cache/);
    }
  });
}

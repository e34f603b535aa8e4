// test-lane: busy
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runTool, skipUnless } from '../support/tool.ts';

const folders = ['impls', 'impls/_go', 'experiments/generator', 'experiments/raft'].map((folder) =>
  join(import.meta.dirname, '..', '..', folder),
);
const skip = skipUnless('go', 'version');
const modules = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'go.mod')))
    .map((name) => ({ name, dir: join(folder, name) })),
);

test('there is Go to check', () => {
  for (const wanted of ['crud-go', 'raft', 'raft-go'])
    assert.ok(
      modules.some(({ name }) => name === wanted),
      wanted,
    );
});

for (const { name, dir } of modules) {
  test(`${name}: gofmt, go vet and go test -race`, { skip }, () => {
    assert.equal(runTool(['gofmt', '-l', '.'], dir), '');
    // With -race both, so that what they import is compiled once.
    runTool(['go', 'vet', '-race', './...'], dir);
    runTool(['go', 'test', '-race', './...'], dir);
  });
}

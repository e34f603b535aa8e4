// test-lane: languages
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkModule, goModules } from '../support/go-modules.ts';
import { skipUnless } from '../support/tool.ts';

const skip = skipUnless('go', 'version');
const modules = goModules('experiments/generator', 'experiments/raft');

test('there is Go to check', () => {
  for (const wanted of ['null-target', 'commits-go'])
    assert.ok(
      modules.some(({ name }) => name === wanted),
      wanted,
    );
});

for (const { name, dir } of modules) test(`${name}: gofmt, go vet and go test -race`, { skip }, () => checkModule(dir));

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runTool, skipUnless } from '../support/tool.ts';

const impls = join(import.meta.dirname, '..', '..', 'impls');
const skip = skipUnless('go', 'version');
const modules = readdirSync(impls).filter((name) => existsSync(join(impls, name, 'go.mod')));

test('there is Go to check', () => {
  assert.ok(modules.includes('crud-go'));
});

for (const name of modules) {
  test(`${name}: gofmt, go vet and go test -race`, { skip }, () => {
    const dir = join(impls, name);
    assert.equal(runTool(['gofmt', '-l', '.'], dir), '');
    runTool(['go', 'vet', './...'], dir);
    runTool(['go', 'test', '-race', './...'], dir);
  });
}

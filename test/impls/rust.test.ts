// test-lane: languages
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runTool, skipUnless } from '../support/tool.ts';

const impls = join(import.meta.dirname, '..', '..', 'impls');
const skip = skipUnless('cargo', '--version');
// One folder for all, so that what they share is compiled once; not in the tree.
const target = mkdtempSync(join(tmpdir(), 'paceline-rust-'));
after(() => rmSync(target, { recursive: true, force: true }));

const packages = [impls, join(impls, '_rust')].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'Cargo.toml')))
    .map((name) => ({ name, dir: join(folder, name) })),
);

test('there is Rust to check', () => {
  for (const wanted of ['crud-rust', 'program', 'raft', 'raft-rust'])
    assert.ok(
      packages.some(({ name }) => name === wanted),
      wanted,
    );
});

for (const { name, dir } of packages) {
  test(`${name}: rustfmt, clippy and cargo test`, { skip }, () => {
    const env = { CARGO_TARGET_DIR: target, CARGO_TERM_COLOR: 'never' };
    runTool(['cargo', 'fmt', '--check'], dir, env);
    runTool(['cargo', 'clippy', '--locked', '--all-targets', '--quiet', '--', '-D', 'warnings'], dir, env);
    runTool(['cargo', 'test', '--locked', '--quiet'], dir, env);
  });
}

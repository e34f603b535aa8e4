// test-lane: languages
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findRuntime, scanRuntimes } from '../../src/target/runtimes.ts';
import { queryProgram } from '../../src/target/toolchain.ts';
import { runTool } from '../support/tool.ts';

const folder = join(import.meta.dirname, '..', '..', 'impls', '_java');
const build = mkdtempSync(join(tmpdir(), 'paceline-java-'));
after(() => rmSync(build, { recursive: true, force: true }));

async function programOf(name: string): Promise<string | null> {
  const runtime = (await scanRuntimes([])).byName.get(name);
  assert.ok(runtime, `no row of the finder table is called ${name}`);
  const found = await findRuntime(runtime, { cacheDir: build, env: process.env, ask: queryProgram });
  if (found.status === 'found') return found.program;
  assert.notEqual(
    process.env.PACELINE_REQUIRE_ALL,
    '1',
    `PACELINE_REQUIRE_ALL=1 allows no skipped test: ${found.reason}`,
  );
  return null;
}

const [java, javac] = await Promise.all([programOf('java'), programOf('javac')]);
const skip = java === null || javac === null ? 'there is no JDK 21 or newer' : false;

test('crud: compiles with all warnings as errors, and its tests pass', { skip }, () => {
  const output = runTool([java ?? '', 'Build.java', 'crud', build, javac ?? '', 'test'], folder);
  assert.match(output, /[1-9]\d* tests successful/);
  assert.match(output, /\b0 tests failed/);
});

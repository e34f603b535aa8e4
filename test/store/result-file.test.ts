// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HarnessError } from '../../src/model/harness-error.ts';
import { readResult, writeResult } from '../../src/store/result-file.ts';
import { removeUnfinished, writeFileAtomically } from '../../src/store/write-file.ts';
import { runResult } from '../support/run-result.ts';

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'paceline-store-'));
  context.after(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

async function readFailure(path: string): Promise<HarnessError> {
  const error = await readResult(path).catch((caught: unknown) => caught);
  assert.ok(error instanceof HarnessError);
  assert.equal(error.code, 'bad-result-file');
  return error;
}

test('a write leaves one whole file and nothing beside it', async (context) => {
  const path = await folder(context);
  await writeFileAtomically(join(path, 'deep', 'r.json'), 'first');
  await writeFileAtomically(join(path, 'deep', 'r.json'), 'second');
  assert.deepEqual(await readdir(join(path, 'deep')), ['r.json']);
});

test('of a file that a kill left half written only what belongs to it is removed', async (context) => {
  const path = await folder(context);
  const others = ['r.json', 'other.json.01234567.part', 'r.json.backup.part', 'xr.json.01234567.part'];
  for (const name of [...others, 'r.json.01234567.part', 'r.json.89abcdef.part']) await writeFile(join(path, name), '');
  await removeUnfinished(join(path, 'r.json'));
  assert.deepEqual((await readdir(path)).sort(), others.sort());
  await removeUnfinished(join(path, 'none', 'r.json'));
});

test('a truncated file is refused with its name', async (context) => {
  const path = join(await folder(context), 'cut.json');
  await writeFile(path, '{"schemaVersion":1,"runId":');
  assert.match((await readFailure(path)).message, /cut\.json is not whole JSON/);
});

test('a compressed file is read as the plain one, and one that is cut off is refused with its name', async (context) => {
  const path = join(await folder(context), 'r.json');
  await writeResult(path, runResult());
  const packed = gzipSync(await readFile(path));
  await writeFile(`${path}.gz`, packed);
  assert.deepEqual(await readResult(`${path}.gz`), await readResult(path));
  await writeFile(`${path}.gz`, packed.subarray(0, 100));
  assert.match((await readFailure(`${path}.gz`)).message, /r\.json\.gz cannot be unpacked/);
});

test('a file of a newer schema is refused with both versions', async (context) => {
  const path = join(await folder(context), 'new.json');
  await writeFile(path, '{"schemaVersion":99}');
  assert.match((await readFailure(path)).message, /schema version 99; this paceline reads up to \d+/);
});

test('a file that is something else is refused with what is expected', async (context) => {
  const path = join(await folder(context), 'other.json');
  for (const text of [
    '{}',
    'null',
    '[1]',
    '"x"',
    '{"name":"x","version":"1.0.0"}',
    '{"schemaVersion":1,"hello":"world"}',
  ]) {
    await writeFile(path, text);
    const { message, remedy } = await readFailure(path);
    assert.match(message, /other\.json is JSON, but no result file of paceline \(schema version 1 to \d+\)$/);
    assert.match(remedy, /`paceline list`/);
  }
});

test('a result with something missing is refused with the first field that is wrong', async (context) => {
  const path = join(await folder(context), 'damaged.json');
  await writeFile(path, '{"schemaVersion":1,"runId":"x"}');
  assert.match((await readFailure(path)).message, /damaged\.json is damaged: what stands at state is not/);
});

test('a file that is not there is refused, not a stack trace', async () => {
  assert.match((await readFailure('/nonexistent/r.json')).message, /cannot read/);
});

test('a full disk is reported as such, leaves no half file and keeps the former one', {
  skip: notRoot(),
}, async (context) => {
  const path = join(await folder(context), 'small');
  await mkdir(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
  await writeFileAtomically(join(path, 'r.json'), 'former');
  const error = await writeFileAtomically(join(path, 'r.json'), 'x'.repeat(200_000)).catch((caught: unknown) => caught);
  const left = { names: await readdir(path), text: await readFile(join(path, 'r.json'), 'utf8') };
  execFileSync('umount', [path]);
  assert.ok(error instanceof HarnessError);
  assert.equal(error.code, 'disk-full');
  assert.deepEqual(left, { names: ['r.json'], text: 'former' });
});

function notRoot(): string | false {
  return process.getuid?.() === 0 ? false : 'mounting a small file system needs root';
}

test('a time that is none is refused with its field, not printed', async (context) => {
  const path = join(await folder(context), 'when.json');
  for (const startedAt of ['../../evil', 'yesterday', '2026-99-99T00:00:00.000Z', '']) {
    await writeFile(path, JSON.stringify({ ...runResult(), startedAt }));
    assert.match((await readFailure(path)).message, /what stands at startedAt .*it must be a date and time, as 2026-/);
  }
});

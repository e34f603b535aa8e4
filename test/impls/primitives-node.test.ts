// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseRunnerLine } from '../../src/target/runner.ts';

const runnerDir = join(import.meta.dirname, '..', '..', 'impls', 'primitives-node');
const brief = { SIZE: '0', SAMPLES: '2', SAMPLE_MS: '1', WARMUP_MS: '0', BUDGET_MS: '1000', SEED: '1', DATA_FILE: '' };

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Standard input stays open until `endsInput`, as the harness's does. */
function run(env: Readonly<Record<string, string>>, { endsInput = false } = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['--expose-gc', 'main.ts'], {
    cwd: runnerDir,
    env: { PATH: process.env.PATH, ...brief, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  if (endsInput) child.stdin.end();
  return new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr })));
}

test('an unknown case, or a variable that makes no sense, is one line and exit code 2', async () => {
  const [primitive, variant, samples] = await Promise.all([
    run({ PRIMITIVE: 'spwan', VARIANT: 'promise' }),
    run({ PRIMITIVE: 'spawn', VARIANT: 'fibre' }),
    run({ PRIMITIVE: 'spawn', VARIANT: 'promise', SAMPLES: 'many' }),
  ]);
  assert.deepEqual([primitive.exitCode, primitive.stderr], [2, 'unknown primitive "spwan"\n']);
  assert.deepEqual([variant.exitCode, variant.stderr], [2, 'unknown variant "fibre" of spawn\n']);
  assert.deepEqual([samples.exitCode, samples.stderr], [2, 'SAMPLES must be a whole number from 1\n']);
});

test('a data file that was cut short is refused', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-short-'));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'integers.bin');
  await writeFile(path, Buffer.alloc(1_000));
  const { exitCode, stderr } = await run({ PRIMITIVE: 'sort', VARIANT: 'workers', SIZE: '1', DATA_FILE: path });
  assert.deepEqual([exitCode, stderr], [2, 'DATA_FILE holds 1000 bytes instead of 4000000\n']);
});

test('it ends with the harness, whatever it is doing', async () => {
  const { stdout } = await run({ PRIMITIVE: 'timer-drift', VARIANT: 'new', SAMPLES: '1000' }, { endsInput: true });
  assert.equal(stdout, '');
});

test('what it prints is the contract’s line', async () => {
  const { exitCode, stdout } = await run({ PRIMITIVE: 'message', VARIANT: 'promise' });
  const line = parseRunnerLine(stdout.trim());
  assert.equal(exitCode, 0);
  assert.ok(typeof line !== 'string' && line.type === 'time');
  assert.deepEqual([line.size, line.samples.length, line.check.hash], [null, 2, null]);
  assert.equal(line.check.askedCount, line.check.doneCount);
});

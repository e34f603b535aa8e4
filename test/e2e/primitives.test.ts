// test-lane: waits
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PrimitiveResult } from '../../src/model/primitive.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  type Finished,
  fixturesDir,
  makeWorkspace,
  paceline,
  removeWorkspace,
  startPaceline,
  type Workspace,
  workspace,
} from '../support/paceline.ts';

function primitivesRun(id: string, only: readonly string[], out: string): string[] {
  const names = only.flatMap((name) => ['--only', name]);
  return [
    'run',
    '--details',
    'primitives',
    '--impls',
    fixturesDir,
    '--impl',
    id,
    ...names,
    '--trials',
    '1',
    '--no-report',
    '--out',
    out,
  ];
}

describe('a runner that misbehaves', () => {
  let space: Workspace;
  let finished: Finished;
  let result: RunResult;
  let left: readonly string[];

  before(async () => {
    space = await makeWorkspace();
    const out = space.file('bad.json');
    const only = ['spawn', 'wait-group', 'sort', 'start', 'memory-tasks'];
    const running = startPaceline(
      [...primitivesRun('primitives-bad', only, out), '--limit', 'memory=150MiB', '--details'],
      space,
    );
    finished = await running.finished;
    result = await readResult(out);
    left = leftovers(running.pid, space);
  });
  after(() => removeWorkspace(space));

  const one = (primitive: string, variant: string, size: number | null = null): PrimitiveResult => {
    const found = result.primitives.find(
      ({ spec }) => spec.primitive === primitive && spec.caseId === variant && spec.size === size,
    );
    assert.ok(found, `no result of ${primitive} ${variant} ${size}`);
    return found;
  };
  const failed = (primitive: string, variant: string, size: number | null = null) => {
    const found = one(primitive, variant, size);
    assert.equal(found.status, 'failed');
    return found as Extract<PrimitiveResult, { status: 'failed' }>;
  };

  test('a trace that is missing makes the result wrong, and the run exit 1', () => {
    const { code, message } = failed('spawn', 'promise');
    assert.deepEqual([code, message], ['wrong-result', '25 operations were asked for, 24 left their trace']);
    assert.equal(finished.exitCode, 1);
  });

  test('integers that are not sorted are seen by their hash', () => {
    assert.match(failed('sort', 'workers', 4).message, /hash 0{64} instead of [0-9a-f]{64}/);
  });

  test('samples that are cut short are reported as such', () => {
    const { code, message } = failed('spawn', 'immediate');
    assert.equal(code, 'bad-output');
    assert.match(message, /a line is not whole JSON: \{"type":"time".*… \(200 characters\)/);
  });

  test('a line that breaks the contract names the field', () => {
    assert.match(failed('memory-tasks', 'process', 0).message, /a line breaks the contract: osThreadCount/);
  });

  test('a result of another case is not filed under a wrong name', () => {
    assert.match(failed('wait-group', 'promise-all', 8).message, /the result is of wait-group piscina 8/);
  });

  test('a program that dies keeps the end of its log', () => {
    const { code, message, logTail } = failed('spawn', 'worker');
    assert.deepEqual([code, message], ['died', 'ended before its result: exit code 3']);
    assert.match(logTail, /the last words of a runner/);
  });

  test('an empty program that does not end with 0 is no start', () => {
    assert.match(failed('start', 'program').message, /ended with exit code 5/);
  });

  test('what the runner cannot do here is not its failure', () => {
    const found = one('wait-group', 'piscina', 8);
    assert.deepEqual([found.status, 'reason' in found && found.reason], ['unsupported', 'no pool on this machine']);
  });

  test('memory ends at the limit, and larger sizes are not tried', () => {
    assert.equal(one('memory-tasks', 'promise', 100).status, 'ok');
    assert.equal(failed('memory-tasks', 'promise', 1_000).code, 'out-of-memory');
    assert.equal(one('memory-tasks', 'promise', 1_000_000).status, 'not-tried');
    assert.match(finished.stdout, /bad promise: at most 100 here; more: out-of-memory: .*150 MiB/);
  });

  test('the others go on, the file is whole, and nothing is left', () => {
    assert.equal(one('spawn', 'process').status, 'ok');
    assert.deepEqual([result.state, result.primitives.length], ['complete', result.plannedPrimitiveCount]);
    assert.deepEqual(left, []);
  });
});

test('a missing toolchain is skipped with its reason, and nothing could be measured', async (context) => {
  const space = await workspace(context);
  const { exitCode, stderr } = await paceline(primitivesRun('primitives-none', ['spawn'], space.file('r.json')), space);
  assert.equal(exitCode, 3);
  assert.match(
    stderr,
    /skipped: primitives-none: no-such-language not on PATH \(needs ≥ 1.0\) \(remedy: there is none\)/,
  );
});

test('an unknown primitive gets the nearest name', async (context) => {
  const space = await workspace(context);
  const { exitCode, stderr } = await paceline(primitivesRun('primitives-bad', ['spwan'], space.file('r.json')), space);
  assert.equal(exitCode, 2);
  assert.match(stderr, /unknown primitive "spwan"\nRemedy: did you mean "spawn"\?/);
});

test('--only needs a scenario that measures primitives', async (context) => {
  const space = await workspace(context);
  const { exitCode, stderr } = await paceline(['run', 'smoke', '--only', 'spawn'], space);
  assert.equal(exitCode, 2);
  assert.match(stderr, /the scenario smoke measures none\nRemedy: use it with `run primitives`/);
});

test('Ctrl-C while a runner hangs keeps what is finished and leaves nothing', async (context) => {
  const space = await workspace(context);
  const out = space.file('r.json');
  const running = startPaceline(primitivesRun('primitives-bad', ['timer'], out), space);
  // The other one hangs, in whichever order the seed has put them.
  await running.line(/\[1\/2\] primitives-bad timer refresh/);
  running.interrupt();
  const { exitCode, stderr } = await running.finished;
  assert.equal(exitCode, 130, stderr);
  assert.deepEqual(leftovers(running.pid, space), []);
  const { state, primitives } = await readResult(out);
  assert.deepEqual([state, primitives.length], ['interrupted', 1]);
});

describe('a run of the Node runner', () => {
  let space: Workspace;
  let finished: Finished;
  let result: RunResult;

  before(async () => {
    space = await makeWorkspace();
    const out = space.file('node.json');
    const only = ['--only', 'spawn', '--only', 'memory-empty', '--only', 'start'];
    const report = space.file('node.html');
    const args = [
      'run',
      '--details',
      'primitives',
      '--impl',
      'primitives-node',
      ...only,
      '--trials',
      '1',
      '--out',
      out,
      '--report',
      report,
      '--details',
    ];
    finished = await paceline(args, space);
    result = await readResult(out);
  });
  after(() => removeWorkspace(space));

  test('every case is measured and shown', () => {
    assert.equal(finished.exitCode, 0, finished.stderr);
    assert.deepEqual(
      result.primitives.map(({ status }) => status),
      Array.from({ length: 7 }, () => 'ok'),
    );
    assert.match(finished.stdout, /Spawn and join[\s\S]*node worker +[\d.]+ ms/);
  });

  test('CPU, threads, the empty loop and every sample are kept', () => {
    const found = result.primitives.find(({ spec }) => spec.caseId === 'worker');
    assert.ok(found?.status === 'ok' && found.measurement.kind === 'time');
    const { samples, emptyLoop, osThreadCount, check, tool } = found.measurement;
    assert.ok(samples.length > 1 && samples.every(({ cpuNs }) => (cpuNs ?? 0) > 0));
    assert.ok(emptyLoop.length >= 3 && (osThreadCount ?? 0) > 1);
    assert.equal(check?.askedCount, check?.doneCount);
    assert.match(tool, /^tinybench 6/);
  });
});

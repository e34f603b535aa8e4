// test-lane: waits
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  echoRun,
  type Finished,
  makeWorkspace,
  removeWorkspace,
  startPaceline,
  type Workspace,
} from '../support/paceline.ts';

interface Ended extends Finished {
  readonly result: RunResult;
  readonly left: readonly string[];
}

/** Long enough under way for every fixture to misbehave within the measured window. */
async function drive(ids: readonly string[], ...more: readonly string[]): Promise<Ended> {
  const space: Workspace = await makeWorkspace();
  try {
    const out = space.file('r.json');
    const running = startPaceline(echoRun(ids, out, '--duration', '2', '--warmup', '20', ...more), space);
    const finished = await running.finished;
    return { ...finished, result: await readResult(out), left: leftovers(running.pid, space) };
  } finally {
    await removeWorkspace(space);
  }
}

function trialOf({ result }: Ended, id: string): Trial {
  const found = result.trials.filter(({ spec }) => spec.implementation === id);
  assert.equal(found.length, 1, `${id} has ${found.length} trials`);
  return found[0] as Trial;
}

interface Expected {
  readonly phase: string;
  readonly code: string;
  readonly message: RegExp;
  readonly logTail: RegExp;
}

const failures: Readonly<Record<string, Expected>> = {
  'wrong-later': {
    phase: 'measure',
    code: 'wrong-answers',
    message: /\d+ wrong answers: \d+ × .*body/,
    logTail: /from here on I misbehave/,
  },
  'error-later': {
    phase: 'measure',
    code: 'wrong-answers',
    message: /\d+ wrong answers: \d+ × .*500/,
    logTail: /from here on I misbehave/,
  },
  crash: {
    phase: 'measure',
    code: 'target-died',
    message: /ended by itself with exit code 1/,
    logTail: /request 51 is one too many/,
  },
  'deaf-later': {
    phase: 'stop',
    code: 'ignored-sigterm',
    message: /still running \d+ ms after SIGTERM: killed/,
    logTail: /SIGTERM ignored/,
  },
  'port-taken-later': {
    phase: 'start',
    code: 'target-died',
    message: /ended before it was ready: exit code 1/,
    logTail: /EADDRINUSE/,
  },
};

function assertFailed(trial: Trial, { phase, code, message, logTail }: Expected): void {
  assert.ok(trial.status === 'failed', trial.status);
  assert.deepEqual([trial.phase, trial.code], [phase, code]);
  assert.match(trial.message, message);
  assert.match(trial.logTail, logTail);
}

describe('targets that keep their contract and then misbehave', { concurrency: true }, () => {
  let many: Ended;
  let unready: Promise<Ended>;
  before(async () => {
    unready = drive(['never-ready-later']);
    many = await drive(['echo', 'hang-later', ...Object.keys(failures)]);
  });
  after(() => unready);

  for (const [id, expected] of Object.entries(failures)) {
    test(`${id}: a failed trial with phase, code, cause and log`, () => {
      assertFailed(trialOf(many, id), expected);
      assert.match(many.stderr, new RegExp(`${id} echo 50/s: failed while ${expected.phase}: `));
    });
  }

  test('one that accepts and never answers is overloaded, and what it left unanswered is counted', () => {
    const trial = trialOf(many, 'hang-later');
    // The machine's own trouble is looked at first.
    assert.match(trial.status, /overloaded|invalid/);
    const { okCount, inFlightCount, timedOutCount, unsentCount, scheduledCount } =
      trial.measurement?.load?.counts ?? {};
    assert.ok(okCount !== undefined && okCount > 0 && okCount < 50, `${okCount} ok`);
    assert.equal((inFlightCount ?? 0) + (timedOutCount ?? 0) + (unsentCount ?? 0), (scheduledCount ?? 0) - okCount);
  });

  test('the others go on: every implementation has its trial, a right one counts, the run is complete', () => {
    assert.match(trialOf(many, 'echo').status, /ok|invalid/);
    assert.equal(many.result.state, 'complete');
    assert.equal(many.result.trials.length, many.result.plannedTrialCount);
    // Some were wrong.
    assert.equal(many.exitCode, 1);
    assert.deepEqual(many.left, []);
  });

  test('one that never gets ready is a failed trial after 30 s', async () => {
    const ended = await unready;
    const message = /did not answer 200 within 30 s \(last: status 503\)/;
    assertFailed(trialOf(ended, 'never-ready-later'), { phase: 'start', code: 'never-ready', message, logTail: /^/ });
    assert.equal(ended.exitCode, 3);
    assert.deepEqual(ended.left, []);
  });

  test('one that leaks past its limit is killed by the kernel, and the trial names the memory', async () => {
    const ended = await drive(['leaky'], '--limit', 'memory=100MiB');
    assertFailed(trialOf(ended, 'leaky'), {
      phase: 'measure',
      code: 'target-died',
      message: /SIGKILL.*out of memory.*100 MiB/,
      logTail: /^/,
    });
    assert.deepEqual(ended.left, []);
  });

  test('one that leaks without a limit shows it in its memory', async () => {
    const { memory } = trialOf(await drive(['leaky']), 'leaky').measurement ?? {};
    const grownBytes = (memory?.afterDrainBytes ?? 0) - (memory?.idleBytes ?? 0);
    assert.ok(grownBytes > 90 * 2 ** 20, `${grownBytes} bytes more`);
  });
});

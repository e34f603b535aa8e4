import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster as usualCell } from '../../bench/raft/entries.ts';
import type { ClusterSpec } from '../../src/model/cluster.ts';
import { runTrial } from '../../src/run/trial/trial.ts';
import { loadPlan, trialSpec } from '../support/trial-spec.ts';
import {
  type FakeControl,
  type FakeControlOptions,
  fakeControl,
  virtualEnvironment,
} from '../support/virtual-environment.ts';

const { sizes: _, memoryLimitBytes: __, published: ___, ...usual } = usualCell;
const cluster: ClusterSpec = { ...usual, size: 3, fault: 'none' };

function specOf(change: Partial<ClusterSpec>, ratePerSec: number) {
  return trialSpec({
    service: 'raft',
    cluster: { ...cluster, ...change },
    loadPlan: loadPlan({ ratePerSec, warmupCount: 0, measureMs: 4_000 }),
  });
}

function environmentOf(options: FakeControlOptions = {}, atDrive: (control: FakeControl) => void = () => {}) {
  const environment = virtualEnvironment({
    cluster: (note) => {
      const control = fakeControl(note, options);
      return {
        ...control,
        async state() {
          const state = await control.state();
          atDrive(control);
          return state;
        },
      };
    },
  });
  return environment;
}

const during = (log: readonly string[]) => log.slice(log.indexOf('measure') + 1, log.indexOf('after-load'));

test('leaders are crashed one after another, each when the cluster is whole, and no generator is started', async () => {
  const environment = environmentOf({ electionsUs: [180_000, 220_500] });
  const trial = await runTrial(specOf({ fault: 'crash-leaders', crashCount: 2 }, 0), [], environment);
  assert.ok(trial.status === 'ok');
  assert.deepEqual(during(environment.log), [
    'window opens',
    'crash 1',
    'restart 1',
    'crash 2',
    'restart 2',
    'window closes',
  ]);
  assert.ok(!environment.log.some((line) => line.includes('generator')));
  const { load, cluster: figures, cpu } = trial.measurement;
  assert.equal(load, null);
  assert.equal(cpu.target?.perRequestMs, null);
  assert.deepEqual(figures, {
    nodeCount: 3,
    finalLiveCount: 3,
    initialTerm: 1,
    finalTerm: 3,
    finalLeader: 3,
    elections: [
      { electionMs: 180, termCount: 1 },
      { electionMs: 220.5, termCount: 1 },
    ],
    oneWayDelay: { count: 10, p50Ms: 1.5, p99Ms: 4 },
  });
});

test('the published conditions are passed on to the host', async () => {
  const environment = environmentOf({ size: 5, electionsUs: [1] });
  const setting = {
    fault: 'crash-leaders',
    crashCount: 1,
    heartbeatBeforeCrash: true,
    laggingFollowerCount: 2,
  } as const;
  await runTrial(specOf(setting, 0), [], environment);
  assert.ok(environment.log.includes('crash 1 synchronised with 2 laggards'));
});

test('an election is waited for, and one that does not end in 10 s is a figure of its own', async () => {
  const environment = environmentOf({ electionsUs: [null] });
  const trial = await runTrial(specOf({ fault: 'crash-leaders', crashCount: 1 }, 0), [], environment);
  assert.deepEqual(trial.measurement?.cluster?.elections, [{ electionMs: null, termCount: null }]);
  const waitedMs = environment.log.filter((line) => line === 'sleep 25 ms').length * 25;
  assert.ok(waitedMs >= 10_000 && waitedMs <= 20_050, `${waitedMs} ms`);
});

test('under load leaders are crashed in the middle of equal parts of the window', async () => {
  const environment = environmentOf({ electionsUs: [1, 1], looksNeeded: 3 });
  const trial = await runTrial(specOf({ fault: 'crash-under-load', crashCount: 2 }, 100), [], environment);
  assert.ok(trial.status === 'ok');
  const crashes = during(environment.log).filter((line) => /sleep|crash/.test(line));
  assert.deepEqual(crashes, [
    'sleep 1000 ms',
    'crash 1',
    'sleep 25 ms',
    'sleep 25 ms',
    'sleep 1950 ms',
    'crash 2',
    'sleep 25 ms',
    'sleep 25 ms',
  ]);
});

test('a quiet cluster is watched for the length of the window', async () => {
  const environment = environmentOf();
  const trial = await runTrial(specOf({}, 0), [], environment);
  assert.equal(trial.status, 'ok');
  assert.deepEqual(during(environment.log), ['window opens', 'sleep 4000 ms', 'window closes']);
});

test('a leader that is lost without a crash makes the trial overloaded', async () => {
  const environment = environmentOf({}, (control) => control.loseLeader());
  const trial = await runTrial(specOf({}, 0), [], environment);
  assert.ok(trial.status === 'overloaded');
  assert.deepEqual(
    trial.reasons.map(({ code }) => code),
    ['leader-lost'],
  );
});

test('a node that died by itself is reported, though the others carry on', async () => {
  const environment = virtualEnvironment({
    cluster: (note) => {
      const control = fakeControl(note);
      return {
        ...control,
        async state() {
          const state = await control.state();
          const [first, ...others] = state.nodes;
          return { ...state, nodes: [...others, { ...first, id: 3, status: 'crashed', term: null, leader: null }] };
        },
      };
    },
  });
  const trial = await runTrial(specOf({}, 0), [], environment);
  assert.ok(trial.status === 'overloaded');
  assert.deepEqual(trial.reasons, [{ code: 'node-lost', message: '1 of 3 nodes died by themselves' }]);
});

test('refusals while leaders are crashed are what was asked for; without a crash they are overload', async () => {
  const load = {
    counts: {
      scheduledCount: 100,
      sentCount: 100,
      okCount: 80,
      wrongCount: 0,
      failedCount: 0,
      refusedCount: 20,
      timedOutCount: 0,
      inFlightCount: 0,
      unsentCount: 0,
    },
  };
  const control = (note: (text: string) => void) => fakeControl(note, { electionsUs: [1] });
  const crashing = virtualEnvironment({ load, cluster: control });
  const asked = await runTrial(specOf({ fault: 'crash-under-load', crashCount: 1 }, 100), [], crashing);
  assert.equal(asked.status, 'ok');
  const calm = await runTrial(specOf({}, 100), [], virtualEnvironment({ load, cluster: control }));
  assert.equal(calm.status, 'overloaded');
});

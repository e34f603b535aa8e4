// test-lane: waits
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import { fixturesDir, paceline, shareConformance, startPaceline, workspace } from '../support/paceline.ts';

const fixtures = ['--impls', fixturesDir];

test('elections and a lost leader under load are measured, shown, and nothing is left', async (context) => {
  const space = await workspace(context);
  await shareConformance(space);
  for (const workload of ['election', 'leader-loss']) {
    const out = space.file(`${workload}.json`);
    const question = ['--impl', 'raft-fake', '--workload', workload, '--crashes', '2', '--duration', '2'];
    const running = startPaceline(
      ['run', 'raft-smoke', ...fixtures, ...question, '--out', out, '--no-report', '--attempts', '1'],
      space,
    );
    const finished = await running.finished;
    assert.deepEqual(leftovers(running.pid, space), []);
    const [trial] = (await readResult(out)).trials;
    assert.ok(trial?.measurement?.cluster, finished.stderr);
    const { elections, nodeCount } = trial.measurement.cluster;
    assert.equal(nodeCount, 3);
    assert.equal(elections.filter(({ electionMs }) => electionMs !== null && electionMs >= 100).length, 2);
    assert.equal(trial.measurement.load === null, workload === 'election');
    const outageCount = trial.measurement.load?.outages.length ?? 2;
    assert.ok(outageCount >= 1, `${outageCount} outages`);
    assert.match(finished.stdout, /election/);
  }
});

test('the cluster-size search stops where a leader is lost by itself, and that is a result', async (context) => {
  const space = await workspace(context);
  await shareConformance(space);
  const out = space.file('scale.json');
  const finished = await paceline(
    [
      'run',
      'raft-smoke',
      ...fixtures,
      '--impl',
      'raft-fake-restless',
      '--workload',
      'scale',
      '--out',
      out,
      '--no-report',
    ],
    space,
  );
  const { trials, plannedTrialCount } = await readResult(out);
  // The machine's own trouble is looked at first.
  const measured = trials.filter(({ status }) => status !== 'invalid');
  const outcomes = (size: number) =>
    measured.filter(({ spec }) => spec.cluster?.size === size).map(({ status }) => status);
  assert.ok(
    outcomes(3).every((status) => status === 'ok'),
    finished.stderr,
  );
  assert.ok(outcomes(5).length <= 2 && outcomes(5).every((status) => status === 'overloaded'), finished.stderr);
  assert.equal(plannedTrialCount, new Set(trials.map(({ spec }) => spec.position)).size);
  assert.match(finished.stdout, /^scale: largest cluster\n {2}raft-fake-restless: /m);
});

test('stale reads break the contract: conform says which history has no order', async (context) => {
  const space = await workspace(context);
  const finished = await paceline(['conform', 'raft-fake-stale', ...fixtures], space);
  assert.equal(finished.exitCode, 1);
  assert.match(finished.stdout, /linearizability: \d+ of 10 checks failed/);
  assert.match(finished.stdout, /the operation log of history-\d has an order in real time: no order/);
});

test('a host that keeps the contract passes everything that crashes can show', async (context) => {
  const space = await workspace(context);
  const finished = await paceline(['conform', 'raft-node-async'], space);
  assert.equal(finished.exitCode, 0, finished.stdout);
  for (const part of ['vectors', 'linearizability', 'shutdown in an election'])
    assert.match(finished.stdout, new RegExp(`raft-node-async: ${part}: \\d+ checks passed`));
});

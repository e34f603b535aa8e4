import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChecker, Violation } from '../../../experiments/raft/simulator/checker.ts';
import { createDisk } from '../../../experiments/raft/simulator/disk.ts';
import { simulate } from '../../../experiments/raft/simulator/simulation.ts';
import { createNode } from '../../../impls/_node/raft/core/node.ts';

test('300 simulated clusters in bad weather break no rule, and settle when it ends', () => {
  const results = Array.from({ length: 300 }, (_, i) => simulate({ seed: i + 1, stepCount: 1000, createNode }));
  assert.deepEqual(
    results
      .filter(({ violation }) => violation !== null)
      .map(({ seed, violation }) => `seed ${seed}: ${violation?.text}`),
    [],
  );
  const elected = results.reduce((sum, { electedCount }) => sum + electedCount, 0);
  const committed = results.reduce((sum, { committedCount }) => sum + committedCount, 0);
  assert.ok(
    elected > 600 && committed > 10_000,
    `${elected} leaders and ${committed} entries: hardly anything happened`,
  );
});

test('the same seed is the same run', () => {
  const trace = (seed: number) => {
    const steps: unknown[] = [];
    const onStep = (step: { id: number; nowUs: number; effects: unknown }) =>
      steps.push([step.id, step.nowUs, step.effects]);
    simulate({ seed, stepCount: 200, createNode, onStep });
    return JSON.stringify(steps);
  };
  assert.equal(trace(5), trace(5));
  assert.notEqual(trace(5), trace(6));
});

function checkerOfThree() {
  const disks = new Map([1, 2, 3].map((id) => [id, createDisk()]));
  const checker = createChecker(disks);
  for (const id of disks.keys()) checker.restarted(id);
  return { disks, checker };
}

const entries = [{ term: 1, command: 'a' }];

test('the checker sees two leaders of one term', () => {
  const { checker } = checkerOfThree();
  checker.stepped(1, [{ type: 'role', role: 'leader', term: 1, leader: 1 }]);
  assert.throws(() => checker.stepped(2, [{ type: 'role', role: 'leader', term: 1, leader: 2 }]), /election safety/);
});

test('the checker sees a leader that rewrites its log', () => {
  const { checker } = checkerOfThree();
  checker.stepped(1, [{ type: 'persist', seq: 1, term: 1, votedFor: 1, fromIndex: 1, entries }]);
  checker.stepped(1, [{ type: 'role', role: 'leader', term: 1, leader: 1 }]);
  const rewrite = { type: 'persist', seq: 2, term: 1, votedFor: 1, fromIndex: 1, entries } as const;
  assert.throws(() => checker.stepped(1, [rewrite]), /leader append-only/);
});

test('the checker sees logs that differ before an entry they share', () => {
  const { checker } = checkerOfThree();
  const write = (id: number, commands: string, terms: readonly number[]) =>
    checker.stepped(id, [
      {
        type: 'persist',
        seq: 1,
        term: 3,
        votedFor: 0,
        fromIndex: 1,
        entries: terms.map((term, i) => ({ term, command: commands[i] ?? '' })),
      },
    ]);
  write(1, 'ab', [1, 3]);
  assert.throws(() => write(2, 'xb', [2, 3]), /log matching/);
});

test('the checker sees a leader that lacks what was committed, and an entry committed on too few disks', () => {
  const { disks, checker } = checkerOfThree();
  const persist = { type: 'persist', seq: 1, term: 1, votedFor: 1, fromIndex: 1, entries } as const;
  checker.stepped(1, [persist, { type: 'role', role: 'leader', term: 1, leader: 1 }]);
  const apply = { type: 'apply', fromIndex: 1, entries } as const;
  assert.throws(() => checker.stepped(1, [apply]), /on 0 disks/);
  const again = checkerOfThree();
  for (const id of [1, 2]) again.disks.get(id)?.entries.push(...entries);
  again.checker.stepped(1, [persist, { type: 'role', role: 'leader', term: 1, leader: 1 }]);
  again.checker.stepped(1, [apply]);
  const lead = { type: 'role', role: 'leader', term: 2, leader: 3 } as const;
  assert.throws(() => again.checker.stepped(3, [lead]), /leader completeness/);
  assert.ok(disks.size === 3);
});

test('the checker finds a different entry applied, a second vote, and a vote sent before it is persisted', () => {
  const { disks, checker } = checkerOfThree();
  for (const id of [1, 2]) disks.get(id)?.entries.push(...entries);
  checker.stepped(1, [
    { type: 'persist', seq: 1, term: 1, votedFor: 1, fromIndex: 1, entries },
    { type: 'role', role: 'leader', term: 1, leader: 1 },
  ]);
  checker.stepped(1, [{ type: 'apply', fromIndex: 1, entries }]);
  const other = { type: 'apply', fromIndex: 1, entries: [{ term: 1, command: 'b' }] } as const;
  assert.throws(() => checker.stepped(2, [other]), /state machine safety/);
  const vote = (to: number) =>
    checker.stepped(3, [{ type: 'send', message: { type: 'requestVotesReply', from: 3, to, term: 4, granted: true } }]);
  assert.throws(() => vote(1), /persistence before answering/);
  Object.assign(disks.get(3) ?? {}, { term: 4, votedFor: 1 });
  vote(1);
  assert.throws(() => vote(2), /one vote a term/);
});

test('a violation has a rule and says where', () => {
  assert.equal(new Violation('election safety', 'two').message, 'election safety: two');
});

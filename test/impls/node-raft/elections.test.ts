import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElectionLog, type ElectionLog } from '../../../impls/_node/raft/host/elections.ts';
import type { RoleReport } from '../../../impls/_node/raft/host/runner.ts';

function follower(term: number, leader: number, atUs: number): RoleReport {
  return { role: 'follower', term, leader, atUs };
}

function leader(term: number, id: number, atUs: number): RoleReport {
  return { role: 'leader', term, leader: id, atUs };
}

test('an election lasts from the crash to the first heartbeat at the last live node', () => {
  const log = createElectionLog();
  log.opened({ id: 3, term: 4, atUs: 1000 }, [1, 2, 4]);
  log.reported(1, leader(6, 1, 1500));
  log.reported(4, follower(6, 1, 1700));
  assert.equal(log.after(0)[0]?.electionUs, null);
  log.reported(2, follower(6, 1, 1600));
  const [election] = log.after(0);
  assert.deepEqual(election, {
    number: 1,
    crashedId: 3,
    crashedTerm: 4,
    crashedAtUs: 1000,
    liveCount: 3,
    leader: 1,
    term: 6,
    electedAtUs: 1500,
    completedAtUs: 1700,
    electionUs: 700,
    terms: 2,
  });
});

test('what nodes said in the old term, or of a leader that others do not follow, completes nothing', () => {
  const log = createElectionLog();
  log.reported(1, follower(4, 3, 500));
  log.reported(2, follower(4, 3, 500));
  log.opened({ id: 3, term: 4, atUs: 1000 }, [1, 2]);
  log.reported(1, leader(5, 1, 1500));
  log.reported(2, follower(6, 0, 1600));
  assert.equal(log.after(0)[0]?.term, null);
  log.reported(1, follower(6, 0, 1700));
  log.reported(2, leader(6, 2, 1800));
  log.reported(1, follower(6, 2, 1900));
  assert.deepEqual([log.after(0)[0]?.leader, log.after(0)[0]?.electionUs], [2, 900]);
});

test('a restart or isolation before its end leaves an election unknown for ever', () => {
  const log = createElectionLog();
  log.opened({ id: 3, term: 1, atUs: 10 }, [1, 2]);
  log.disturbed();
  log.reported(1, leader(2, 1, 20));
  log.reported(2, follower(2, 1, 30));
  log.opened({ id: 1, term: 2, atUs: 40 }, [2, 3]);
  assert.deepEqual(
    log.after(0).map(({ number, electionUs }) => [number, electionUs]),
    [
      [1, null],
      [2, null],
    ],
  );
  assert.deepEqual(
    log.after(1).map(({ number }) => number),
    [2],
  );
});

function logThatWaitsFor4(): ElectionLog {
  const log = createElectionLog();
  log.opened({ id: 3, term: 4, atUs: 1000 }, [1, 2, 4]);
  log.reported(1, leader(5, 1, 1500));
  log.reported(2, follower(5, 1, 1600));
  return log;
}

test('a follower that crashes meanwhile is waited for no longer', () => {
  const log = logThatWaitsFor4();
  log.lost(4);
  const [election] = log.after(0);
  assert.deepEqual([election?.liveCount, election?.completedAtUs, election?.electionUs], [3, 1600, 600]);
});

test('a successor that crashes before all have heard of it completes nothing', () => {
  const log = logThatWaitsFor4();
  log.lost(1);
  log.reported(4, follower(5, 1, 1700));
  assert.equal(log.after(0)[0]?.term, null);
});

import { type Actor, type Scenario, say } from '../scenario.ts';

/** Node 1 of three (or `clusterSize`), leader of term 1 with its no-op persisted and at node 2. */
export function lead(node: Actor): void {
  node.restart({});
  node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
  node.persisted('send 2 requestVotes term 1 last 0/0', 'send 3 requestVotes term 1 last 0/0');
  node.receive(
    say.vote(2, 1),
    'persist 2 term 1 vote 1 from 1: 1',
    'send 2 append 1 term 1 after 0/0 commit 0',
    'send 3 append 1 term 1 after 0/0 commit 0',
    'role leader term 1 leader 1',
  );
  node.persisted();
  node.receive(say.appended(2, 1, 0, 1), 'apply 1: 1');
}

export const elections: readonly Scenario[] = [
  {
    name: 'election-won',
    title:
      'a follower that hears nothing stands, is voted for by a majority, and leads with a no-op (figure 2, candidates)',
    play(node) {
      lead(node);
      node.receive(say.appended(3, 1, 0, 1));
    },
  },
  {
    name: 'election-own-vote-waits-for-the-disk',
    title: 'votes are asked for, and the own one counts, only once term and vote are persisted',
    play(node) {
      node.restart({});
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      // Before that a vote cannot have been asked for; one that comes all the same is one of two.
      node.receive(say.vote(2, 1));
      node.later(10);
      node.persisted(
        'persist 2 term 1 vote 1 from 1: 1',
        'send 2 requestVotes term 1 last 0/0',
        'send 3 requestVotes term 1 last 0/0',
        'send 2 append 1 term 1 after 0/0 commit 0',
        'send 3 append 1 term 1 after 0/0 commit 0',
        'role leader term 1 leader 1',
      );
    },
  },
  {
    name: 'election-split',
    title: 'of five two stand at once: nobody wins, and the next time-out starts a new election in a new term',
    config: { clusterSize: 5 },
    play(node) {
      node.restart({ random: 77 });
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.persisted(...[2, 3, 4, 5].map((id) => `send ${id} requestVotes term 1 last 0/0`));
      node.receive(say.requestVotes(5, 1), 'send 5 no vote term 1');
      node.receive(say.vote(2, 1));
      node.receive(say.vote(3, 1, false));
      node.receive(say.vote(4, 1, false));
      node.receive(say.vote(5, 1, false));
      node.due('persist 2 term 2 vote 1', 'role candidate term 2 leader 0');
      node.persisted(...[2, 3, 4, 5].map((id) => `send ${id} requestVotes term 2 last 0/0`));
      // A vote of the last term does not count in this one.
      node.receive(say.vote(3, 1));
      node.receive(say.vote(3, 2));
      node.receive(
        say.vote(4, 2),
        'persist 3 term 2 vote 1 from 1: 2',
        ...[2, 3, 4, 5].map((id) => `send ${id} append 2 term 2 after 0/0 commit 0`),
        'role leader term 2 leader 1',
      );
    },
  },
  {
    name: 'election-vote-counted-once',
    title: 'the same vote twice is one vote',
    config: { clusterSize: 5 },
    play(node) {
      node.restart({});
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.persisted(...[2, 3, 4, 5].map((id) => `send ${id} requestVotes term 1 last 0/0`));
      node.receive(say.vote(2, 1));
      node.receive(say.vote(2, 1));
      node.receive(say.vote(2, 1));
    },
  },
  {
    name: 'election-too-early',
    title: 'a tick before the deadline does nothing; one late by much starts one election',
    play(node) {
      node.restart({});
      node.later(node.deadlineInUs() - 1);
      node.step({ type: 'tick' });
      node.later(1);
      node.step({ type: 'tick' }, 'persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.step({ type: 'tick' });
    },
  },
  {
    name: 'election-lost-to-leader',
    title: 'a candidate that hears the leader of its own term follows it (figure 2, candidates)',
    play(node) {
      node.restart({});
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.persisted('send 2 requestVotes term 1 last 0/0', 'send 3 requestVotes term 1 last 0/0');
      node.receive(say.append(3, 1, [0, 0], '1'), 'persist 2 term 1 vote 1 from 1: 1', 'role follower term 1 leader 3');
      node.persisted('send 3 appended to 1 term 1');
      node.receive(say.vote(2, 1));
    },
  },
  {
    name: 'election-alone',
    title: 'a cluster of one leads as soon as its own vote is persisted, and commits and reads alone',
    config: { clusterSize: 1 },
    play(node) {
      node.restart({});
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.persisted('persist 2 term 1 vote 1 from 1: 1', 'role leader term 1 leader 1');
      node.step({ type: 'read', ids: [9] });
      node.persisted('apply 1: 1', 'reply 9 read 1');
      node.propose('a', 'b')('persist 3 term 1 vote 1 from 2: 1a 1b');
      node.persisted('apply 2: 1a 1b', 'reply 1 committed 2', 'reply 2 committed 3');
      node.step({ type: 'read', ids: [10, 11] }, 'reply 10 read 3', 'reply 11 read 3');
    },
  },
  {
    name: 'election-even-cluster',
    title: 'in a cluster of four three votes are a majority and two are not',
    config: { clusterSize: 4 },
    play(node) {
      node.restart({});
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.persisted(...[2, 3, 4].map((id) => `send ${id} requestVotes term 1 last 0/0`));
      node.receive(say.vote(4, 1));
      node.receive(
        say.vote(3, 1),
        'persist 2 term 1 vote 1 from 1: 1',
        ...[2, 3, 4].map((id) => `send ${id} append 1 term 1 after 0/0 commit 0`),
        'role leader term 1 leader 1',
      );
      node.persisted();
      node.receive(say.appended(2, 1, 0, 1));
      node.receive(say.appended(4, 1, 0, 1), 'apply 1: 1');
    },
  },
  {
    name: 'vote-first-come',
    title: 'one vote a term, first come, first served; the same candidate is answered again (figure 2, RequestVote)',
    play(node) {
      node.restart({});
      node.receive(say.requestVotes(2, 1), 'persist 1 term 1 vote 2', 'role follower term 1 leader 0');
      node.persisted('send 2 vote term 1');
      node.receive(say.requestVotes(3, 1), 'send 3 no vote term 1');
      node.receive(say.requestVotes(2, 1), 'send 2 vote term 1');
    },
  },
  {
    name: 'vote-waits-for-the-disk',
    title: 'a vote is told only once it is persisted; what comes after it is told after it',
    play(node) {
      node.restart({});
      node.receive(say.requestVotes(2, 1), 'persist 1 term 1 vote 2', 'role follower term 1 leader 0');
      node.receive(say.requestVotes(3, 1));
      node.receive(say.requestVotes(3, 2), 'persist 2 term 2 vote 3', 'role follower term 2 leader 0');
      node.step({ type: 'persisted', seq: 1 }, 'send 2 vote term 1', 'send 3 no vote term 1');
      node.step({ type: 'persisted', seq: 1 });
      node.step({ type: 'persisted', seq: 2 }, 'send 3 vote term 2');
    },
  },
  {
    name: 'vote-kept-over-restart',
    title: 'a restarted node keeps its vote: nobody else gets it in that term',
    play(node) {
      node.restart({ term: 4, votedFor: 2 });
      node.receive(say.requestVotes(3, 4), 'send 3 no vote term 4');
      node.receive(say.requestVotes(2, 4), 'send 2 vote term 4');
      node.receive(say.requestVotes(3, 3), 'send 3 no vote term 4');
    },
  },
  {
    name: 'vote-only-up-to-date',
    title: 'no vote for a log that is less up to date: last term first, then length (paper 5.4.1)',
    play(node) {
      node.restart({ term: 5, log: '1a 2b 2c' });
      node.receive(say.requestVotes(2, 6, 9, 1), 'persist 1 term 6 vote 0', 'role follower term 6 leader 0');
      node.persisted('send 2 no vote term 6');
      node.receive(say.requestVotes(2, 6, 2, 2), 'send 2 no vote term 6');
      node.receive(say.requestVotes(2, 6, 3, 2), 'persist 2 term 6 vote 2');
      node.persisted('send 2 vote term 6');
      node.receive(say.requestVotes(3, 7, 1, 3), 'persist 3 term 7 vote 3', 'role follower term 7 leader 0');
      node.persisted('send 3 vote term 7');
    },
  },
  {
    name: 'vote-resets-the-timer',
    title: 'granting a vote starts the election time-out anew, refusing one does not',
    play(node) {
      node.restart({ term: 1, log: '1a' });
      node.later(100_000);
      node.receive(say.requestVotes(2, 1, 0, 0), 'send 2 no vote term 1');
      node.receive(say.requestVotes(2, 1, 1, 1), 'persist 1 term 1 vote 2');
      node.persisted('send 2 vote term 1');
      node.due('persist 2 term 2 vote 1', 'role candidate term 2 leader 0');
    },
  },
  {
    name: 'term-older-is-refused',
    title: 'requests of an older term are refused with the own term; replies of one are ignored',
    play(node) {
      // Its log would do: it is the term that does not.
      node.restart({ term: 5, log: '3a' });
      node.receive(say.requestVotes(2, 4, 9, 4), 'send 2 no vote term 5');
      node.receive(say.append(2, 4, [0, 0], '4x'), 'send 2 rejected 0 conflict 0/0 term 5');
      node.receive(say.vote(2, 4));
      node.receive(say.appended(2, 4, 0, 1));
    },
  },
  {
    name: 'term-newer-deposes-a-leader',
    title: 'a leader that hears of a later term follows; what waits at it is told so',
    play(node) {
      lead(node);
      node.propose('a')('persist 3 term 1 vote 1 from 2: 1a', 'send 2 append 1a term 1 after 1/1 commit 1');
      node.step(
        { type: 'read', ids: [50] },
        'send 2 append nothing term 1 after 2/1 commit 1 round 1',
        'send 3 append nothing term 1 after 0/0 commit 1 round 1',
      );
      node.receive(
        say.rejected(3, 2, 0, 0, 0),
        'persist 4 term 2 vote 0',
        'reply 1 unknown 2',
        'reply 50 notLeader 0',
        'role follower term 2 leader 0',
      );
      node.propose('b')('reply 2 notLeader 0');
      node.step({ type: 'read', ids: [51] }, 'reply 51 notLeader 0');
    },
  },
  {
    name: 'term-newer-keeps-a-candidates-deadline',
    title: 'a candidate that hears of a later term follows and keeps its deadline',
    play(node) {
      node.restart({ log: '1a', term: 1 });
      node.due('persist 1 term 2 vote 1', 'role candidate term 2 leader 0');
      node.persisted('send 2 requestVotes term 2 last 1/1', 'send 3 requestVotes term 2 last 1/1');
      node.receive(say.requestVotes(2, 3, 0, 0), 'persist 2 term 3 vote 0', 'role follower term 3 leader 0');
      node.persisted('send 2 no vote term 3');
      node.due('persist 3 term 4 vote 1', 'role candidate term 4 leader 0');
    },
  },
  {
    name: 'term-newer-by-vote-deposes-a-leader',
    title: 'a leader asked for its vote in a later term follows, draws, votes, and draws again',
    play(node) {
      lead(node);
      node.receive(say.requestVotes(3, 5, 7, 1), 'persist 3 term 5 vote 3', 'role follower term 5 leader 0');
      node.persisted('send 3 vote term 5');
    },
  },
  {
    name: 'message-for-nobody',
    title: 'messages from or to nodes that are none of its peers are ignored',
    play(node) {
      node.restart({});
      node.receive(say.requestVotes(9, 1));
      node.receive(say.requestVotes(1, 1));
      node.receive(say.requestVotes(0, 1));
      node.step({
        type: 'message',
        message: { type: 'requestVotes', from: 2, to: 3, term: 1, lastLogIndex: 0, lastLogTerm: 0 },
      });
    },
  },
];

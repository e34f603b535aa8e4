import { type Scenario, say } from '../scenario.ts';
import { lead } from './elections.ts';

export const leadership: readonly Scenario[] = [
  {
    name: 'heartbeat-beats',
    title: 'a leader tells every follower each heartbeat, and probes again who has not answered',
    play(node) {
      lead(node);
      node.due('send 2 append nothing term 1 after 1/1 commit 1', 'send 3 append 1 term 1 after 0/0 commit 1');
      node.receive(say.appended(2, 1, 1, 1));
      node.receive(say.appended(3, 1, 0, 1));
      node.due('send 2 append nothing term 1 after 1/1 commit 1', 'send 3 append nothing term 1 after 1/1 commit 1');
    },
  },
  {
    name: 'heartbeat-early',
    title: 'the input heartbeat beats before the deadline, and means nothing to a follower',
    play(node) {
      node.restart({});
      node.step({ type: 'heartbeat' });
      node.later(1);
      lead(node);
      node.later(5_000);
      node.step(
        { type: 'heartbeat' },
        'send 2 append nothing term 1 after 1/1 commit 1',
        'send 3 append 1 term 1 after 0/0 commit 1',
      );
      node.later(70_000);
      node.step({ type: 'tick' });
    },
  },
  {
    name: 'heartbeat-majority-lost',
    title: 'a leader that no majority has answered for the longest time-out gives up, in its term (dissertation 6.2)',
    play(node) {
      lead(node);
      const beat = ['send 2 append nothing term 1 after 1/1 commit 1', 'send 3 append 1 term 1 after 0/0 commit 1'];
      node.due(...beat);
      node.due(...beat);
      node.due(...beat);
      node.propose('a')('persist 3 term 1 vote 1 from 2: 1a', 'send 2 append 1a term 1 after 1/1 commit 1');
      node.step(
        { type: 'read', ids: [20] },
        'send 2 append nothing term 1 after 2/1 commit 1 round 1',
        'send 3 append nothing term 1 after 0/0 commit 1 round 1',
      );
      node.due('reply 1 unknown 2', 'reply 20 notLeader 0', 'role follower term 1 leader 0');
      node.persisted();
      node.due('persist 4 term 2 vote 1', 'role candidate term 2 leader 0');
    },
  },
  {
    name: 'read-index',
    title:
      'a read is answered once a majority has confirmed the leader after it came; those that come meanwhile wait for the next round',
    play(node) {
      lead(node);
      node.step(
        { type: 'read', ids: [20, 21] },
        'send 2 append nothing term 1 after 1/1 commit 1 round 1',
        'send 3 append nothing term 1 after 0/0 commit 1 round 1',
      );
      node.step({ type: 'read', ids: [22] });
      node.step({ type: 'read', ids: [23] });
      // An answer to what was sent before the read confirms nothing.
      node.receive(say.appended(2, 1, 1, 1, 0));
      node.receive(
        say.appended(2, 1, 1, 1, 1),
        'send 2 append nothing term 1 after 1/1 commit 1 round 2',
        'send 3 append nothing term 1 after 0/0 commit 1 round 2',
        'reply 20 read 1',
        'reply 21 read 1',
      );
      node.receive(say.appended(2, 1, 1, 1, 1));
      node.receive(say.appended(3, 1, 0, 1, 1));
      node.receive(say.appended(3, 1, 0, 1, 2), 'reply 22 read 1', 'reply 23 read 1');
      node.receive(say.appended(2, 1, 1, 1, 2));
    },
  },
  {
    name: 'read-waits-for-the-no-op',
    title: 'a new leader answers no read before an entry of its own term is committed (dissertation 6.4)',
    play(node) {
      node.restart({ term: 1, log: '1a' });
      node.due('persist 1 term 2 vote 1', 'role candidate term 2 leader 0');
      node.persisted('send 2 requestVotes term 2 last 1/1', 'send 3 requestVotes term 2 last 1/1');
      node.receive(
        say.vote(3, 2),
        'persist 2 term 2 vote 1 from 2: 2',
        'send 2 append 2 term 2 after 1/1 commit 0',
        'send 3 append 2 term 2 after 1/1 commit 0',
        'role leader term 2 leader 1',
      );
      node.persisted();
      node.step(
        { type: 'read', ids: [30] },
        'send 2 append nothing term 2 after 1/1 commit 0 round 1',
        'send 3 append nothing term 2 after 1/1 commit 0 round 1',
      );
      // The answer to the round's empty message, not to the probe: that is still out.
      node.receive(say.appended(2, 2, 1, 1, 1));
      node.receive(say.appended(3, 2, 1, 2, 0), 'apply 1: 1a 2', 'reply 30 read 2');
    },
  },
  {
    name: 'read-with-writes',
    title: 'a round carries the entries that are due; a read answers with all that is committed by then',
    play(node) {
      lead(node);
      node.step(
        { type: 'read', ids: [40] },
        'send 2 append nothing term 1 after 1/1 commit 1 round 1',
        'send 3 append nothing term 1 after 0/0 commit 1 round 1',
      );
      node.propose('a')('persist 3 term 1 vote 1 from 2: 1a', 'send 2 append 1a term 1 after 1/1 commit 1 round 1');
      node.persisted();
      node.receive(say.appended(2, 1, 1, 2, 1), 'apply 2: 1a', 'reply 1 committed 2', 'reply 40 read 2');
    },
  },
];

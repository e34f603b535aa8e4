import { type Actor, type Scenario, say } from '../scenario.ts';
import { lead } from './elections.ts';

/** Node 1 of three with a log of its own, leader of `term`. Its no-op is persisted; nobody has answered. */
function leadWith(node: Actor, log: string, term: number): void {
  const lastIndex = log.split(' ').length;
  const lastTerm = Number.parseInt(log.split(' ').at(-1) ?? '', 10);
  node.restart({ term: term - 1, log });
  node.due(`persist 1 term ${term} vote 1`, `role candidate term ${term} leader 0`);
  node.persisted(...[2, 3].map((id) => `send ${id} requestVotes term ${term} last ${lastIndex}/${lastTerm}`));
  node.receive(
    say.vote(3, term),
    `persist 2 term ${term} vote 1 from ${lastIndex + 1}: ${term}`,
    ...[2, 3].map((id) => `send ${id} append ${term} term ${term} after ${lastIndex}/${lastTerm} commit 0`),
    `role leader term ${term} leader 1`,
  );
  node.persisted();
}

export const replication: readonly Scenario[] = [
  {
    name: 'append-takes-and-commits',
    title:
      'a follower appends, answers when persisted, commits no more than it has been sent (figure 2, AppendEntries 5)',
    play(node) {
      node.restart({});
      node.receive(
        say.append(2, 1, [0, 0], '1 1a'),
        'persist 1 term 1 vote 0 from 1: 1 1a',
        'role follower term 1 leader 2',
      );
      node.persisted('send 2 appended to 2 term 1');
      node.receive(say.append(2, 1, [1, 1], '', 2), 'send 2 appended to 1 term 1', 'apply 1: 1');
      node.receive(say.append(2, 1, [2, 1], '', 9, 4), 'send 2 appended to 2 term 1 round 4', 'apply 2: 1a');
      node.receive(say.append(2, 1, [2, 1], '', 1), 'send 2 appended to 2 term 1');
    },
  },
  {
    name: 'append-log-too-short',
    title: 'entries beyond the end are refused, with where the log ends (figure 2, AppendEntries 2)',
    play(node) {
      node.restart({ term: 1, log: '1a 1b' });
      node.receive(
        say.append(3, 1, [5, 1], '1f'),
        'send 3 rejected 5 conflict 3/0 term 1',
        'role follower term 1 leader 3',
      );
      node.receive(say.append(3, 1, [3, 1], ''), 'send 3 rejected 3 conflict 3/0 term 1');
      node.receive(say.append(3, 1, [2, 1], ''), 'send 3 appended to 2 term 1');
    },
  },
  {
    name: 'append-conflicting-term',
    title: 'another term at prevLogIndex is refused, with that term and its first index (fast back-up)',
    play(node) {
      node.restart({ term: 6, log: '1a 4b 4c 4d 5e' });
      node.receive(
        say.append(3, 6, [4, 6], '6x'),
        'send 3 rejected 4 conflict 2/4 term 6',
        'role follower term 6 leader 3',
      );
      node.receive(say.append(3, 6, [5, 6], ''), 'send 3 rejected 5 conflict 5/5 term 6');
    },
  },
  {
    name: 'append-cuts-a-conflicting-tail',
    title: 'an existing entry that differs is cut with all that follow it (figure 2, AppendEntries 3)',
    play(node) {
      node.restart({ term: 3, log: '1a 2b 2c 2d' });
      node.receive(
        say.append(2, 3, [1, 1], '2b 3x', 2),
        'persist 1 term 3 vote 0 from 3: 3x',
        'apply 1: 1a 2b',
        'role follower term 3 leader 2',
      );
      node.persisted('send 2 appended to 3 term 3');
    },
  },
  {
    name: 'append-reordered',
    title: 'old and repeated messages neither shorten the log nor write it again',
    play(node) {
      node.restart({ term: 1 });
      node.receive(
        say.append(2, 1, [0, 0], '1a 1b 1c'),
        'persist 1 term 1 vote 0 from 1: 1a 1b 1c',
        'role follower term 1 leader 2',
      );
      node.persisted('send 2 appended to 3 term 1');
      node.receive(say.append(2, 1, [0, 0], '1a'), 'send 2 appended to 1 term 1');
      node.receive(say.append(2, 1, [0, 0], '1a 1b 1c'), 'send 2 appended to 3 term 1');
      node.receive(
        say.append(2, 1, [1, 1], '1b 1c 1d', 4),
        'persist 2 term 1 vote 0 from 4: 1d',
        'apply 1: 1a 1b 1c 1d',
      );
      node.receive(say.append(2, 1, [0, 0], '1a 1b', 1));
      node.persisted('send 2 appended to 4 term 1', 'send 2 appended to 2 term 1');
    },
  },
  {
    name: 'append-resets-the-timer',
    title:
      'each appendEntries of the current term starts the election time-out anew, a refused one too; older ones do not',
    play(node) {
      node.restart({ term: 2, log: '1a' });
      node.receive(say.append(2, 2, [1, 1]), 'send 2 appended to 1 term 2', 'role follower term 2 leader 2');
      node.later(140_000);
      node.receive(say.append(2, 2, [7, 2]), 'send 2 rejected 7 conflict 2/0 term 2');
      node.later(140_000);
      node.receive(say.append(3, 1, [1, 1]), 'send 3 rejected 1 conflict 0/0 term 2');
      node.due('persist 1 term 3 vote 1', 'role candidate term 3 leader 0');
    },
  },
  {
    name: 'append-group-commit',
    title: 'several writes confirmed at once release all that waited, in order',
    play(node) {
      node.restart({});
      node.receive(
        say.append(2, 1, [0, 0], '1a'),
        'persist 1 term 1 vote 0 from 1: 1a',
        'role follower term 1 leader 2',
      );
      node.receive(say.append(2, 1, [1, 1], '1b'), 'persist 2 term 1 vote 0 from 2: 1b');
      node.receive(say.append(2, 1, [2, 1], '1c'), 'persist 3 term 1 vote 0 from 3: 1c');
      node.step({ type: 'persisted', seq: 2 }, 'send 2 appended to 1 term 1', 'send 2 appended to 2 term 1');
      node.persisted('send 2 appended to 3 term 1');
    },
  },
  {
    name: 'leader-commits-by-majority',
    title: 'an entry is committed when a majority has it persisted, the leader included only once it has itself',
    play(node) {
      lead(node);
      node.propose('a', 'b')('persist 3 term 1 vote 1 from 2: 1a 1b', 'send 2 append 1a 1b term 1 after 1/1 commit 1');
      node.receive(say.appended(2, 1, 1, 3));
      node.persisted('apply 2: 1a 1b', 'reply 1 committed 2', 'reply 2 committed 3');
      node.receive(say.appended(3, 1, 0, 1), 'send 3 append 1a 1b term 1 after 1/1 commit 3');
      node.propose('c')(
        'persist 4 term 1 vote 1 from 4: 1c',
        'send 2 append 1c term 1 after 3/1 commit 3',
        'send 3 append 1c term 1 after 3/1 commit 3',
      );
      // Two followers are a majority of three without the leader's own disk.
      node.receive(say.appended(2, 1, 3, 4));
      node.receive(say.appended(3, 1, 3, 4), 'apply 4: 1c', 'reply 3 committed 4');
      node.persisted();
    },
  },
  {
    name: 'leader-commits-the-least-of-a-majority',
    title: 'of five, what three have is committed, though two have more',
    config: { clusterSize: 5 },
    play(node) {
      node.restart({});
      node.due('persist 1 term 1 vote 1', 'role candidate term 1 leader 0');
      node.persisted(...[2, 3, 4, 5].map((id) => `send ${id} requestVotes term 1 last 0/0`));
      node.receive(say.vote(2, 1));
      node.receive(
        say.vote(3, 1),
        'persist 2 term 1 vote 1 from 1: 1',
        ...[2, 3, 4, 5].map((id) => `send ${id} append 1 term 1 after 0/0 commit 0`),
        'role leader term 1 leader 1',
      );
      node.propose('a', 'b', 'c')('persist 3 term 1 vote 1 from 2: 1a 1b 1c');
      node.persisted();
      node.receive(say.appended(4, 1, 0, 2), 'send 4 append 1b 1c term 1 after 2/1 commit 0');
      node.receive(say.appended(5, 1, 0, 4), 'apply 1: 1 1a', 'reply 1 committed 2');
      node.receive(say.appended(4, 1, 2, 3), 'apply 3: 1b', 'reply 2 committed 3');
    },
  },
  {
    name: 'figure-8-older-term-not-by-counting',
    title: 'an entry of an older term on a majority is not committed until one of the current term is (figure 8)',
    play(node) {
      leadWith(node, '1a 2b', 4);
      node.receive(say.rejected(2, 4, 2, 0, 2), 'send 2 append 2b 4 term 4 after 1/1 commit 0');
      // 2b is on two of three, but of term 2.
      node.receive(say.appended(2, 4, 1, 2), 'send 2 append 4 term 4 after 2/2 commit 0');
      node.receive(say.appended(2, 4, 2, 3), 'apply 1: 1a 2b 4');
    },
  },
  {
    name: 'leader-ignores-answers-of-older-terms',
    title: 'what followers said to it in an older term means nothing to a leader elected again',
    play(node) {
      leadWith(node, '1a 2b', 4);
      node.receive(say.appended(2, 3, 2, 3));
      node.receive(say.rejected(3, 3, 2, 0, 1));
      node.receive(say.appended(3, 4, 2, 3), 'apply 1: 1a 2b 4');
    },
  },
  {
    name: 'figure-8-overwritten',
    title:
      'the other way of figure 8: the entry of term 2 that was not committed is overwritten by the leader of term 3',
    play(node) {
      node.restart({ term: 2, log: '1a 2b' });
      node.receive(say.requestVotes(3, 3, 2, 3), 'persist 1 term 3 vote 3', 'role follower term 3 leader 0');
      node.persisted('send 3 vote term 3');
      node.receive(
        say.append(3, 3, [1, 1], '3c', 1),
        'persist 2 term 3 vote 3 from 2: 3c',
        'apply 1: 1a',
        'role follower term 3 leader 3',
      );
      node.persisted('send 3 appended to 2 term 3');
    },
  },
  ...figure7(),
  {
    name: 'back-up-stale-rejections',
    title: 'rejections that come twice, late or about what is known to match change nothing',
    play(node) {
      leadWith(node, '1a 1b 1c', 2);
      node.receive(say.rejected(2, 2, 3, 0, 1), 'send 2 append 1a 1b 1c 2 term 2 after 0/0 commit 0');
      node.receive(say.rejected(2, 2, 3, 0, 1));
      node.receive(say.appended(2, 2, 0, 4), 'apply 1: 1a 1b 1c 2');
      node.receive(say.rejected(2, 2, 3, 0, 1));
      node.propose('d')('persist 3 term 2 vote 1 from 5: 2d', 'send 2 append 2d term 2 after 4/2 commit 4');
      // A lost message: the next one does not fit, and the follower says where its log ends.
      node.propose('e')('persist 4 term 2 vote 1 from 6: 2e', 'send 2 append 2e term 2 after 5/2 commit 4');
      node.receive(say.rejected(2, 2, 5, 0, 5), 'send 2 append 2d 2e term 2 after 4/2 commit 4');
    },
  },
  {
    name: 'probe-until-near',
    title:
      'a follower far behind is sent a batch an answer; within a batch of the end all goes out at once; older answers change nothing',
    config: { maxBatchEntries: 2 },
    play(node) {
      leadWith(node, '1a 1b 1c 1d 1e', 2);
      node.receive(say.rejected(2, 2, 5, 0, 1), 'send 2 append 1a 1b term 2 after 0/0 commit 0');
      node.receive(say.appended(2, 2, 0, 0));
      node.receive(say.appended(2, 2, 0, 2), 'send 2 append 1c 1d term 2 after 2/1 commit 0');
      node.receive(say.appended(2, 2, 0, 1));
      node.receive(say.appended(2, 2, 0, 2));
      node.receive(say.appended(2, 2, 2, 4), 'send 2 append 1e 2 term 2 after 4/1 commit 0');
      node.propose('f')('persist 3 term 2 vote 1 from 7: 2f', 'send 2 append 2f term 2 after 6/2 commit 0');
      node.receive(say.appended(2, 2, 4, 6), 'apply 1: 1a 1b 1c 1d 1e 2');
    },
  },
  {
    name: 'stream-batches-and-window',
    title: 'long logs go in batches, and stop at the window until answers come',
    config: { maxBatchEntries: 2, windowEntries: 5 },
    play(node) {
      lead(node);
      node.propose(
        'a',
        'b',
        'c',
        'd',
        'e',
        'f',
        'g',
        'h',
      )(
        'persist 3 term 1 vote 1 from 2: 1a 1b 1c 1d 1e 1f 1g 1h',
        'send 2 append 1a 1b term 1 after 1/1 commit 1',
        'send 2 append 1c 1d term 1 after 3/1 commit 1',
        'send 2 append 1e 1f term 1 after 5/1 commit 1',
      );
      node.propose('i')('persist 4 term 1 vote 1 from 10: 1i');
      node.receive(say.appended(2, 1, 1, 3), 'send 2 append 1g 1h term 1 after 7/1 commit 1');
      node.receive(say.appended(2, 1, 3, 5), 'send 2 append 1i term 1 after 9/1 commit 1');
      node.persisted(
        'apply 2: 1a 1b 1c 1d',
        'reply 1 committed 2',
        'reply 2 committed 3',
        'reply 3 committed 4',
        'reply 4 committed 5',
      );
    },
  },
  {
    name: 'restart-forgets-what-is-volatile',
    title: 'a leader restarted is a follower with nothing committed, and applies its log anew',
    play(node) {
      lead(node);
      node.propose('a')('persist 3 term 1 vote 1 from 2: 1a', 'send 2 append 1a term 1 after 1/1 commit 1');
      node.restart({ term: 1, votedFor: 1, log: '1', random: 7 });
      node.receive(
        say.append(2, 2, [1, 1], '2', 0),
        'persist 1 term 2 vote 0 from 2: 2',
        'role follower term 2 leader 2',
      );
      node.persisted('send 2 appended to 2 term 2');
      node.receive(say.append(2, 2, [2, 2], '', 2), 'send 2 appended to 2 term 2', 'apply 1: 1 2');
    },
  },
  {
    name: 'restart-drops-held-messages',
    title: 'what was held at a crash is never sent',
    play(node) {
      node.restart({});
      node.receive(say.requestVotes(2, 1), 'persist 1 term 1 vote 2', 'role follower term 1 leader 0');
      node.restart({});
      node.step({ type: 'persisted', seq: 1 });
      node.receive(say.requestVotes(3, 1), 'persist 1 term 1 vote 3', 'role follower term 1 leader 0');
      node.persisted('send 3 vote term 1');
    },
  },
];

/** Figure 7: a new leader of term 8 and the six followers it may find. */
function figure7(): readonly Scenario[] {
  const leaderLog = '1 1 1 4 4 5 5 6 6 6';
  const logs: Readonly<Record<string, string>> = {
    a: '1 1 1 4 4 5 5 6 6',
    b: '1 1 1 4',
    c: '1 1 1 4 4 5 5 6 6 6 6',
    d: '1 1 1 4 4 5 5 6 6 6 7 7',
    e: '1 1 1 4 4 4 4',
    f: '1 1 1 2 2 2 3 3 3 3 3',
  };
  /** What the follower says to the leader's first message (after 10, term 6), and what it then needs. */
  const rejections: Readonly<Record<string, readonly [number, number]>> = {
    a: [0, 10],
    b: [0, 5],
    e: [0, 8],
    f: [3, 7],
  };
  const followers = Object.entries(logs).map(([letter, log]): Scenario => {
    const rejection = rejections[letter];
    return {
      name: `figure-7-${letter}-follower`,
      title: `follower (${letter}) of figure 7 hears the leader of term 8`,
      play(node) {
        node.restart({ term: 7, log });
        if (rejection === undefined) {
          node.receive(
            say.append(2, 8, [10, 6], '8'),
            'persist 1 term 8 vote 0 from 11: 8',
            'role follower term 8 leader 2',
          );
          node.persisted('send 2 appended to 11 term 8');
          return;
        }
        const [conflictTerm, conflictIndex] = rejection;
        node.receive(say.append(2, 8, [10, 6], '8'), 'persist 1 term 8 vote 0', 'role follower term 8 leader 2');
        node.persisted(`send 2 rejected 10 conflict ${conflictIndex}/${conflictTerm} term 8`);
      },
    };
  });
  return [...followers, figure7Leader(leaderLog)];
}

function figure7Leader(leaderLog: string): Scenario {
  return {
    name: 'figure-7-leader',
    title: 'the leader of figure 7 backs up to (f) and (e) a whole term at a time',
    play(node) {
      leadWith(node, leaderLog, 8);
      // (f): term 3 is none of the leader's: where that term begins.
      node.receive(say.rejected(2, 8, 10, 3, 7), 'send 2 append 5 6 6 6 8 term 8 after 6/5 commit 0');
      node.receive(say.rejected(2, 8, 6, 2, 4), 'send 2 append 4 4 5 5 6 6 6 8 term 8 after 3/1 commit 0');
      node.receive(say.appended(2, 8, 3, 11), 'apply 1: 1 1 1 4 4 5 5 6 6 6 8');
      // (e): short, then term 4, which the leader has too: after its last entry of that term.
      node.receive(say.rejected(3, 8, 10, 0, 8), 'send 3 append 6 6 6 8 term 8 after 7/5 commit 11');
      node.receive(say.rejected(3, 8, 7, 4, 4), 'send 3 append 5 5 6 6 6 8 term 8 after 5/4 commit 11');
      node.receive(say.appended(3, 8, 5, 11));
    },
  };
}

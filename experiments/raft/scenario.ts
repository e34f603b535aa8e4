import assert from 'node:assert/strict';
import type { NodeConfig } from '../../impls/_node/raft/core/config.ts';
import type { Effect } from '../../impls/_node/raft/core/effect.ts';
import type { Input } from '../../impls/_node/raft/core/input.ts';
import type { Entry, Message } from '../../impls/_node/raft/core/message.ts';
import { createNode } from '../../impls/_node/raft/core/node.ts';
import { effectText } from './effect-text.ts';
import { fullLine, stepOf, type Transcript } from './transcript.ts';

/** A transcript written by hand: what goes in, and in short words what must come out. */
export interface Scenario {
  /** The name of its file. */
  readonly name: string;
  readonly title: string;
  readonly config?: Partial<NodeConfig>;
  play(node: Actor): void;
}

export interface Actor {
  /** Steps at the present time, and expects these effects in the words of effectText. */
  step(input: Input, ...expected: readonly string[]): void;
  /** The same with a message to the node. */
  receive(message: Omit<Message, 'to'>, ...expected: readonly string[]): void;
  /** Lets time pass until the deadline, and ticks. */
  due(...expected: readonly string[]): void;
  /** Everything to be persisted is. */
  persisted(...expected: readonly string[]): void;
  /** From persisted state; the log as terms and commands: `1a 1b 2c`. */
  restart(state: {
    readonly term?: number;
    readonly votedFor?: number;
    readonly log?: string;
    readonly random?: number;
  }): void;
  propose(...commands: readonly string[]): ExpectEffects;
  later(us: number): void;
  deadlineInUs(): number;
}

type ExpectEffects = (...expected: readonly string[]) => void;

const usual = {
  id: 1,
  clusterSize: 3,
  electionTimeoutMinUs: 150_000,
  electionTimeoutMaxUs: 300_000,
  heartbeatUs: 75_000,
  maxBatchEntries: 64,
  windowEntries: 1024,
};

/** Plays it on the core. @throws AssertionError where the core does not do what the scenario expects. */
export function record({ title, config: special = {}, play }: Scenario): Transcript {
  const config: NodeConfig = { ...usual, ...special };
  const node = createNode(config);
  const lines: string[] = [];
  let nowUs = 1_000_000;
  let persistSeq = 0;
  let requestId = 0;

  function step(input: Input, ...expected: readonly string[]): void {
    const outcome = stepOf(node, nowUs, input);
    lines.push(fullLine(nowUs, input, outcome));
    persistSeq = lastSeq(outcome.effects) ?? (input.type === 'restart' ? 0 : persistSeq);
    const effects = outcome.effects.map(effectText);
    assert.deepEqual(effects, expected, `${title}: step ${lines.length} ${JSON.stringify(input)}`);
  }

  function due(...expected: readonly string[]): void {
    nowUs = Math.max(nowUs, node.nextDeadlineUs());
    step({ type: 'tick' }, ...expected);
  }

  function restart({ term = 0, votedFor = 0, log = '', random = 1 }: Parameters<Actor['restart']>[0]): void {
    const entries = entriesOf(log);
    step({ type: 'restart', term, votedFor, entries, random }, `role follower term ${term} leader 0`);
  }

  function propose(...commands: readonly string[]): ExpectEffects {
    const requests = commands.map((command) => ({ id: ++requestId, command }));
    return (...expected) => step({ type: 'propose', requests }, ...expected);
  }

  play({
    step,
    receive: (message, ...expected) =>
      step({ type: 'message', message: inOrder({ ...message, to: config.id } as Message) }, ...expected),
    due,
    persisted: (...expected) => step({ type: 'persisted', seq: persistSeq }, ...expected),
    restart,
    propose,
    later(us) {
      nowUs += us;
    },
    deadlineInUs: () => node.nextDeadlineUs() - nowUs,
  });
  return { title, config, lines };
}

function lastSeq(effects: readonly Effect[]): number | undefined {
  return effects.find((effect) => effect.type === 'persist')?.seq;
}

/** `1a 2b`: a log of two entries; a term alone is a no-op. */
export function entriesOf(text: string): Entry[] {
  const words = text.split(' ').filter((word) => word !== '');
  return words.map((word) => ({ term: Number.parseInt(word, 10), command: word.replace(/^\d+/, '') }));
}

/** The contract's order of keys: type, from, to, term, then the rest as given. */
function inOrder({ type, from, to, term, ...rest }: Message): Message {
  return { type, from, to, term, ...rest } as Message;
}

/** Messages as others would send them, with what a scenario does not care about left at 0. */
export const say = {
  requestVotes: (from: number, term: number, lastLogIndex = 0, lastLogTerm = 0) => ({
    type: 'requestVotes' as const,
    from,
    term,
    lastLogIndex,
    lastLogTerm,
  }),
  vote: (from: number, term: number, granted = true) => ({ type: 'requestVotesReply' as const, from, term, granted }),
  append: (from: number, term: number, after: readonly [number, number], log = '', leaderCommit = 0, round = 0) => ({
    type: 'appendEntries' as const,
    from,
    term,
    prevLogIndex: after[0],
    prevLogTerm: after[1],
    entries: entriesOf(log),
    leaderCommit,
    round,
  }),
  appended: (from: number, term: number, prevLogIndex: number, matchIndex: number, round = 0) => ({
    type: 'appendEntriesReply' as const,
    from,
    term,
    success: true,
    prevLogIndex,
    matchIndex,
    conflictTerm: 0,
    conflictIndex: 0,
    round,
  }),
  rejected: (from: number, term: number, prevLogIndex: number, conflictTerm: number, conflictIndex: number) => ({
    type: 'appendEntriesReply' as const,
    from,
    term,
    success: false,
    prevLogIndex,
    matchIndex: 0,
    conflictTerm,
    conflictIndex,
    round: 0,
  }),
};

import { appendTo } from './append-entries.ts';
import { advanceCommit } from './commitment.ts';
import type { NodeConfig } from './config.ts';
import { beginStep, type Core, createCore, endStep, logChanged, reply, restart } from './core.ts';
import type { Effect } from './effect.ts';
import { adoptTerm, countOwnVote, election, onRequestVotes, onRequestVotesReply } from './election.ts';
import { onAppendEntries } from './follow.ts';
import { heartbeat } from './heartbeat.ts';
import type { Input, Proposal } from './input.ts';
import type { Message } from './message.ts';
import { confirmPersisted } from './persistence.ts';
import { read } from './read-index.ts';
import { onAppendEntriesReply } from './replicate.ts';
import { type NodeView, viewOf } from './view.ts';

/** One server of the cluster: no clock, no timer, no I/O. The first input is `restart`. */
export interface Node {
  /** What must be done now, in this order. `nowUs` never falls. */
  step(nowUs: number, input: Input): Effect[];
  /** When it wants the input `tick` at the latest. */
  nextDeadlineUs(): number;
  view(): NodeView;
}

export function createNode(config: NodeConfig): Node {
  const core = createCore(config);
  return {
    step(nowUs, input) {
      beginStep(core, nowUs);
      take(core, input);
      return endStep(core);
    },
    nextDeadlineUs: () => core.timer.deadlineUs,
    view: () => viewOf(core),
  };
}

function take(core: Core, input: Input): void {
  switch (input.type) {
    case 'message':
      onMessage(core, input.message);
      break;
    case 'persisted':
      onPersisted(core, input.seq);
      break;
    case 'propose':
      propose(core, input.requests);
      break;
    case 'read':
      read(core, input.ids);
      break;
    case 'tick':
      onTick(core);
      break;
    case 'heartbeat':
      if (core.state.role === 'leader') heartbeat(core, core.state);
      break;
    case 'restart':
      restart(core, input);
      break;
  }
}

function onTick(core: Core): void {
  if (core.nowUs < core.timer.deadlineUs) return;
  if (core.state.role === 'leader') heartbeat(core, core.state);
  else election(core);
}

function onMessage(core: Core, message: Message): void {
  if (!isForMe(core, message)) return;
  if (message.term > core.term) adoptTerm(core, message.term);
  switch (message.type) {
    case 'requestVotes':
      onRequestVotes(core, message);
      break;
    case 'requestVotesReply':
      onRequestVotesReply(core, message);
      break;
    case 'appendEntries':
      onAppendEntries(core, message);
      break;
    case 'appendEntriesReply':
      onAppendEntriesReply(core, message);
      break;
  }
}

function isForMe({ config: { id, clusterSize } }: Core, { from, to }: Message): boolean {
  return to === id && from !== id && from >= 1 && from <= clusterSize;
}

function propose(core: Core, requests: readonly Proposal[]): void {
  const { state, log } = core;
  if (state.role !== 'leader') {
    for (const { id } of requests) reply(core, id, 'notLeader', 0);
    return;
  }
  if (requests.length === 0) return;
  logChanged(core, log.lastIndex() + 1);
  for (const { id, command } of requests) {
    log.append({ term: core.term, command });
    state.proposals.push({ id, index: log.lastIndex() });
  }
  for (const peer of state.peers.values()) appendTo(core, state, peer, false);
}

function onPersisted(core: Core, seq: number): void {
  const { persistSeq, persistedSeq } = core.persistence;
  if (seq <= persistedSeq || seq > persistSeq) return;
  core.step.released.push(...confirmPersisted(core.persistence, seq));
  if (core.state.role === 'candidate') countOwnVote(core, core.state);
  else if (core.state.role === 'leader') advanceCommit(core, core.state);
}

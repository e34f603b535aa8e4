import type { Core } from './core.ts';
import type { Role } from './effect.ts';
import type { Peer } from './peer.ts';

/** A node's state as transcripts and GET /cluster show it; the contract gives the order of the keys. */
export interface NodeView {
  readonly role: Role;
  readonly term: number;
  readonly votedFor: number;
  readonly leader: number;
  readonly commitIndex: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  readonly durableIndex: number;
  readonly random: number;
  readonly held: number;
  /** Ascending; only of a candidate. */
  readonly votes: readonly number[];
  readonly round: number;
  readonly confirmedRound: number;
  readonly proposals: number;
  readonly reads: number;
  readonly peers: readonly Readonly<Peer>[];
}

export function viewOf(core: Core): NodeView {
  const { state, term, votedFor, leader, commitIndex, log, persistence, timer } = core;
  const lead = state.role === 'leader' ? state : null;
  return {
    role: state.role,
    term,
    votedFor,
    leader,
    commitIndex,
    lastLogIndex: log.lastIndex(),
    lastLogTerm: log.lastTerm(),
    durableIndex: persistence.durableIndex,
    random: timer.random,
    held: persistence.held.length,
    votes: state.role === 'candidate' ? [...state.votes].sort((a, b) => a - b) : [],
    round: lead?.round ?? 0,
    confirmedRound: lead?.confirmedRound ?? 0,
    proposals: lead?.proposals.length ?? 0,
    reads: lead?.reads.length ?? 0,
    peers: [...(lead?.peers.values() ?? [])].map((peer) => ({ ...peer })),
  };
}

// The three states of a node, and the ways between them. (The paper's state machine is the store: see ../store.ts.)
import type { Peer } from './peer.ts';

export interface Follower {
  readonly role: 'follower';
}

export interface Candidate {
  readonly role: 'candidate';
  readonly votes: Set<number>;
  /** The persist effect of its own vote. */
  readonly electionSeq: number;
}

export interface Leader {
  readonly role: 'leader';
  readonly peers: ReadonlyMap<number, Peer>;
  /** Index of the no-op of its term. */
  readonly termStartIndex: number;
  /** The read index's rounds: one is under way while round > confirmedRound. */
  round: number;
  confirmedRound: number;
  roundAckCount: number;
  readonly proposals: WaitingProposal[];
  readonly reads: WaitingRead[];
}

interface WaitingProposal {
  readonly id: number;
  readonly index: number;
}

interface WaitingRead {
  readonly id: number;
  readonly round: number;
}

export type State = Follower | Candidate | Leader;

const theFollower: Follower = { role: 'follower' };

export function follower(): Follower {
  return theFollower;
}

export function candidate(electionSeq: number): Candidate {
  return { role: 'candidate', votes: new Set(), electionSeq };
}

export function leader(peers: ReadonlyMap<number, Peer>, termStartIndex: number): Leader {
  return {
    role: 'leader',
    peers,
    termStartIndex,
    round: 0,
    confirmedRound: 0,
    roundAckCount: 0,
    proposals: [],
    reads: [],
  };
}

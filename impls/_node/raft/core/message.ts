export interface Entry {
  readonly term: number;
  /** Text the core never looks into; empty: the no-op at the start of a term. */
  readonly command: string;
}

interface Envelope {
  readonly from: number;
  readonly to: number;
  /** The sender's current term. */
  readonly term: number;
}

export interface RequestVotes extends Envelope {
  readonly type: 'requestVotes';
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface RequestVotesReply extends Envelope {
  readonly type: 'requestVotesReply';
  readonly granted: boolean;
}

export interface AppendEntries extends Envelope {
  readonly type: 'appendEntries';
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
  /** The leader's round of the read index; the reply gives it back. */
  readonly round: number;
}

export interface AppendEntriesReply extends Envelope {
  readonly type: 'appendEntriesReply';
  readonly success: boolean;
  /** The request's. */
  readonly prevLogIndex: number;
  /** Up to here the log is the leader's, and persisted; 0 unless success. */
  readonly matchIndex: number;
  /** The follower's own term at prevLogIndex; 0 if its log is shorter. */
  readonly conflictTerm: number;
  /** The first index of that term, or where its log ends. */
  readonly conflictIndex: number;
  readonly round: number;
}

export type Message = RequestVotes | RequestVotesReply | AppendEntries | AppendEntriesReply;

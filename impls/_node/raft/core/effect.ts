import type { Entry, Message } from './message.ts';

export type Role = 'follower' | 'candidate' | 'leader';

/** To be written, in order; then the core wants the input `persisted`. */
export interface Persist {
  readonly type: 'persist';
  readonly seq: number;
  readonly term: number;
  readonly votedFor: number;
  /** The log on disk is cut before this index and the entries follow; 0: the log did not change. */
  readonly fromIndex: number;
  readonly entries: readonly Entry[];
}

interface Send {
  readonly type: 'send';
  readonly message: Message;
}

/** Newly committed entries, for the store. */
export interface Apply {
  readonly type: 'apply';
  readonly fromIndex: number;
  readonly entries: readonly Entry[];
}

/** `unknown`: leadership was lost first; the entry may be committed yet. */
export type Outcome = 'committed' | 'read' | 'notLeader' | 'unknown';

export interface Reply {
  readonly type: 'reply';
  readonly id: number;
  readonly outcome: Outcome;
  readonly index: number;
  readonly term: number;
}

export interface RoleChange {
  readonly type: 'role';
  readonly role: Role;
  readonly term: number;
  /** 0: unknown. */
  readonly leader: number;
}

export type Effect = Persist | Send | Apply | Reply | RoleChange;

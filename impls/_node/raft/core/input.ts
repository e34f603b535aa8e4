import type { Entry, Message } from './message.ts';

export interface Restart {
  readonly type: 'restart';
  readonly term: number;
  readonly votedFor: number;
  readonly entries: readonly Entry[];
  /** State of the generator, 32 bits. */
  readonly random: number;
}

export interface Proposal {
  /** The host's, unique while unanswered. */
  readonly id: number;
  readonly command: string;
}

export type Input =
  | Restart
  | { readonly type: 'tick' }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'propose'; readonly requests: readonly Proposal[] }
  | { readonly type: 'read'; readonly ids: readonly number[] }
  | { readonly type: 'persisted'; readonly seq: number }
  | { readonly type: 'heartbeat' };

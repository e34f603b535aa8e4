/** What a leader knows of one follower. */
export interface Peer {
  readonly id: number;
  /** The next entry to send. */
  nextIndex: number;
  /** Known to be in the follower's persisted log. */
  matchIndex: number;
  /** Looking for where the logs agree: one message at a time, and nextIndex stays. */
  probing: boolean;
  /** Probing, and that message is out. */
  paused: boolean;
  /** When its last reply came. */
  ackedUs: number;
  ackedRound: number;
}

export function createPeers(ids: readonly number[], lastIndex: number, nowUs: number): ReadonlyMap<number, Peer> {
  return new Map(ids.map((id) => [id, createPeer(id, lastIndex + 1, nowUs)]));
}

function createPeer(id: number, nextIndex: number, ackedUs: number): Peer {
  return { id, nextIndex, matchIndex: 0, probing: true, paused: false, ackedUs, ackedRound: 0 };
}

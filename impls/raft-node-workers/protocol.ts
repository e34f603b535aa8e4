import type { MessagePort } from 'node:worker_threads';
import { maxWaiting } from '../_node/raft/host/links.ts';
import type { Command, NodeOrder, Report } from '../_node/raft/host/remote-node.ts';

export interface ThreadOrder extends NodeOrder {
  /** The epoch of each node's gate, by id; shared by all threads. */
  readonly gates: Int32Array<SharedArrayBuffer>;
  /** See protocol.ts. */
  readonly deliveredCounts: Int32Array<SharedArrayBuffer>;
}

/** To a node's thread. */
export type ThreadCommand =
  | Command
  /** The sending end of the link it asked for. */
  | { readonly type: 'link'; readonly to: number; readonly port: MessagePort }
  /** The receiving end of another's. */
  | { readonly type: 'accept'; readonly port: MessagePort }
  /** That node's thread is gone, and with it the link's other end. */
  | { readonly type: 'forget'; readonly id: number };

/** From a node's thread. */
export type ThreadReport = Report | { readonly type: 'connect'; readonly to: number };

/** What each link has delivered, in memory that all threads share: a port does not show how much waits in it. */
export interface LinkCounts {
  /** Node `to` has taken a message of node `from`. */
  delivered(from: number, to: number): void;
  /** For a new link: returns for each message whether there is room for it. */
  admission(from: number, to: number): () => boolean;
}

/** `shared` has a count for each pair of nodes, modulo 2^32. */
export function linkCountsIn(shared: Int32Array, clusterSize: number): LinkCounts {
  const place = (from: number, to: number): number => (from - 1) * clusterSize + to - 1;
  return {
    delivered: (from, to) => void Atomics.add(shared, place(from, to), 1),
    admission(from, to) {
      const at = place(from, to);
      let sentCount = Atomics.load(shared, at);
      return () => {
        const hasRoom = ((sentCount - Atomics.load(shared, at)) | 0) < maxWaiting;
        if (hasRoom) sentCount += 1;
        return hasRoom;
      };
    },
  };
}

import type { MessagePort } from 'node:worker_threads';
import type { Command, NodeOrder, Report } from '../_node/raft/host/remoteNode.ts';

export interface ThreadOrder extends NodeOrder {
  /** The epoch of each node's gate, by id; shared by all threads. */
  readonly gates: Int32Array<SharedArrayBuffer>;
  /** See linkCounts.ts. */
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

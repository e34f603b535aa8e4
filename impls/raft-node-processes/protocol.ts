import type { Command, NodeOrder, Report } from '../_node/raft/host/remote-node.ts';

/** The epochs of all gates, by id; 0: shut. */
export type GateEpochs = readonly number[];

export interface ProcessOrder extends NodeOrder {
  readonly gates: GateEpochs;
  /** Of the sockets' names; that of node 3 ends in `:3`. */
  readonly socketPrefix: string;
}

/** To a node's process. */
export type ProcessCommand =
  | Command
  | { readonly type: 'order'; readonly order: ProcessOrder }
  | { readonly type: 'gate'; readonly id: number; readonly epoch: number; readonly ask: number };

/** From a node's process. */
export type ProcessReport =
  | Report
  /** From `atUs` on the gate is as ordered. */
  | { readonly type: 'gate'; readonly ask: number; readonly atUs: number };

import type { Proposal } from '../core/input.ts';
import type { Answer, NodeStatus, Read, RoleReport } from './runner.ts';

export interface Started {
  readonly term: number;
  readonly lastLogIndex: number;
  readonly droppedBytes: number;
}

/** What a node reports to its cluster, wherever it runs. Nothing is reported of an incarnation after its `cut`. */
export interface SlotEvents {
  answered(answers: readonly Answer[]): void;
  roleChanged(report: RoleReport): void;
  /** It has ended by itself: disk full, a dead process. */
  failed(reason: string): void;
}

/** The place of one node, and all that differs between the models of concurrency. */
export interface Slot {
  /** Starts the node from its file, once the last incarnation touches it no more, with its links whole. @throws what openLogFile throws */
  start(incarnation: number): Promise<Started>;
  /** From the time returned on no message of or to the node is delivered, those in flight included. */
  cut(): Promise<number>;
  /** Ends a node that was cut, with everything in memory; resolves when nothing writes to its file any more. */
  kill(): Promise<void>;
  /** Cuts the links and leaves the node running, or heals them. */
  isolate(isIsolated: boolean): Promise<void>;
  propose(requests: readonly Proposal[]): void;
  read(reads: readonly Read[]): void;
  heartbeat(): void;
  lagBehind(from: number): void;
  status(withDelays: boolean): Promise<NodeStatus>;
}

/** Makes the places of all nodes of a cluster; `events(id)` belongs to node `id`. */
export interface Host {
  slot(id: number, events: SlotEvents): Slot;
  /** Ends what the nodes share. */
  close(): Promise<void>;
}

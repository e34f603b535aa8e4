// A node in a thread or process of its own: what runs there, whatever its links are made of.
import type { Proposal } from '../core/input.ts';
import type { Message } from '../core/message.ts';
import type { Config } from './config.ts';
import { createDelayLine } from './delays.ts';
import { type Answer, type NodeStatus, type Read, type RoleReport, type Runner, startRunner } from './runner.ts';
import type { Started } from './slot.ts';

export interface NodeOrder {
  readonly config: Config;
  readonly id: number;
  readonly incarnation: number;
}

/** A message on its way, with the epoch in which its sender's gate stood open. */
export interface Parcel {
  readonly message: Message;
  readonly sentUs: number;
  readonly epoch: number;
}

export type Command =
  | { readonly type: 'propose'; readonly requests: readonly Proposal[] }
  | { readonly type: 'read'; readonly reads: readonly Read[] }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'lagBehind'; readonly from: number }
  | { readonly type: 'status'; readonly ask: number; readonly withDelays: boolean };

export type Report =
  | { readonly type: 'started'; readonly started: Started }
  | { readonly type: 'notStarted'; readonly reason: string }
  | { readonly type: 'answered'; readonly answers: readonly Answer[] }
  | { readonly type: 'role'; readonly role: RoleReport }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'status'; readonly ask: number; readonly status: NodeStatus };

export interface RemotePorts {
  /** The epoch of a node's gate; 0: shut, nothing goes in or out. */
  gate(id: number): number;
  transmit(to: number, parcel: Parcel): void;
  report(report: Report): void;
}

export interface RemoteNode {
  arrive(parcel: Parcel): void;
  obey(command: Command): void;
}

/** Reports `started`, or `notStarted` (then null is returned). */
export function startRemoteNode({ config, id, incarnation }: NodeOrder, ports: RemotePorts): RemoteNode | null {
  const runner = startOrReport();
  if (runner === null) return null;
  const line = createDelayLine<Parcel>(config.networkDelayUs, deliver);

  function startOrReport(): Runner | null {
    try {
      return startRunner(config, id, incarnation, {
        send,
        answered: (answers) => ports.report({ type: 'answered', answers }),
        roleChanged: (role) => ports.report({ type: 'role', role }),
        failed: (error) => ports.report({ type: 'failed', reason: error.message }),
      });
    } catch (error) {
      ports.report({ type: 'notStarted', reason: (error as Error).message });
      return null;
    }
  }

  function send(message: Message, sentUs: number): void {
    const epoch = ports.gate(id);
    if (epoch > 0) ports.transmit(message.to, { message, sentUs, epoch });
  }

  function deliver({ message, sentUs, epoch }: Parcel): void {
    if (ports.gate(id) > 0 && ports.gate(message.from) === epoch) runner?.receive(message, sentUs);
  }

  const { term, entries, droppedBytes } = runner.recovered;
  ports.report({ type: 'started', started: { term, lastLogIndex: entries.length, droppedBytes } });
  return {
    arrive(parcel) {
      // What has come through a port or socket is in a later turn already.
      if (config.networkDelayUs === 0) deliver(parcel);
      else line.push(parcel, parcel.sentUs);
    },
    obey: (command) => obey(runner, command, ports),
  };
}

function obey(runner: Runner, command: Command, ports: RemotePorts): void {
  if (command.type === 'propose') runner.propose(command.requests);
  else if (command.type === 'read') runner.read(command.reads);
  else if (command.type === 'heartbeat') runner.heartbeat();
  else if (command.type === 'lagBehind') runner.lagBehind(command.from);
  else ports.report({ type: 'status', ask: command.ask, status: runner.status(command.withDelays) });
}

// What a node's process runs: see process-host.ts. Its orders come through the channel to the program; when that breaks, it ends.
import { nowUs } from '../_node/raft/host/clock.ts';
import { createLinks } from '../_node/raft/host/links.ts';
import { type RemoteNode, startRemoteNode } from '../_node/raft/host/remote-node.ts';
import type { ProcessCommand, ProcessOrder, ProcessReport } from './protocol.ts';
import { listenForParcels, openSocketLink } from './socket-link.ts';

// The program decides when its nodes end: a signal to the whole group is for it.
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit(0));

let node: RemoteNode | null = null;
let gates: number[] = [];

process.on('message', (command: ProcessCommand) => {
  if (command.type === 'order') void start(command.order);
  else if (command.type === 'gate') setGate(command.id, command.epoch, command.ask);
  else node?.obey(command);
});

/** What the program does not live to hear is lost. */
function sendReport(report: ProcessReport): void {
  if (process.connected) process.send?.(report, undefined, undefined, () => {});
}

function setGate(id: number, epoch: number, ask: number): void {
  gates[id] = epoch;
  sendReport({ type: 'gate', ask, atUs: nowUs() });
}

async function start({ gates: epochs, socketPrefix, ...order }: ProcessOrder): Promise<void> {
  gates = [...epochs];
  const socketName = (id: number): string => `${socketPrefix}:${id}`;
  try {
    await listenForParcels(socketName(order.id), (parcel) => node?.arrive(parcel));
  } catch (error) {
    sendReport({ type: 'notStarted', reason: (error as Error).message });
    return;
  }
  const links = createLinks((to) => openSocketLink(socketName(to), () => links.forget(to)));
  node = startRemoteNode(order, { gate: (id) => gates[id] ?? 0, transmit: links.send, report: sendReport });
}

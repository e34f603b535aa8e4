// What a node's thread runs: see thread-host.ts.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createLinks, type Link } from '../_node/raft/host/links.ts';
import { type Parcel, startRemoteNode } from '../_node/raft/host/remote-node.ts';
import { linkCountsIn, type ThreadCommand, type ThreadOrder, type ThreadReport } from './protocol.ts';

/** A link whose port the main thread has yet to send. */
interface ThreadLink extends Link<Parcel> {
  connected(port: MessagePort): void;
}

const { gates, deliveredCounts, ...order } = workerData as ThreadOrder;
const counts = linkCountsIn(deliveredCounts, order.config.clusterSize);
const opened = new Map<number, ThreadLink>();
const links = createLinks(openLink);
const node = startRemoteNode(order, {
  gate: (id) => Atomics.load(gates, id),
  transmit: links.send,
  report: sendReport,
});

if (node !== null) parentPort?.on('message', obey);

function sendReport(report: ThreadReport): void {
  parentPort?.postMessage(report);
}

function obey(command: ThreadCommand): void {
  if (command.type === 'link') connected(command.to, command.port);
  else if (command.type === 'accept') command.port.on('message', arrive);
  else if (command.type === 'forget') links.forget(command.id);
  else node?.obey(command);
}

function arrive(parcel: Parcel): void {
  counts.delivered(parcel.message.from, order.id);
  node?.arrive(parcel);
}

function connected(to: number, port: MessagePort): void {
  const link = opened.get(to);
  // Closed again before its port came.
  if (link === undefined) port.close();
  else link.connected(port);
}

function openLink(to: number): Link<Parcel> {
  let port: MessagePort | null = null;
  let waiting: Parcel[] = [];
  const admits = counts.admission(order.id, to);
  const link: ThreadLink = {
    send(parcel) {
      if (!admits()) return;
      if (port === null) waiting.push(parcel);
      else port.postMessage(parcel);
    },
    connected(connectedPort) {
      port?.close();
      port = connectedPort;
      for (const parcel of waiting) port.postMessage(parcel);
      waiting = [];
    },
    close() {
      port?.close();
      waiting = [];
      if (opened.get(to) === link) opened.delete(to);
    },
  };
  opened.set(to, link);
  sendReport({ type: 'connect', to });
  return link;
}

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { nowUs } from '../_node/raft/host/clock.ts';
import type { Config } from '../_node/raft/host/config.ts';
import { createRemoteSlot, type Gates, type Remote, type RemoteEvents } from '../_node/raft/host/remote-slot.ts';
import type { Host } from '../_node/raft/host/slot.ts';
import type { ThreadCommand, ThreadOrder, ThreadReport } from './protocol.ts';

const script = new URL('./node-thread.ts', import.meta.url);

/** The nodes of a cluster on threads of their own. */
export function createThreadHost(config: Config): Host {
  const gates = new Int32Array(new SharedArrayBuffer(4 * (config.clusterSize + 1)));
  const deliveredCounts = new Int32Array(new SharedArrayBuffer(4 * config.clusterSize ** 2));
  const threads = new Map<number, Worker>();

  function post(id: number, command: ThreadCommand, transfer: MessagePort[] = []): void {
    threads.get(id)?.postMessage(command, transfer);
  }

  /** A link's two ends go to the two threads; a node that is not there has none. */
  function connect(from: number, to: number): void {
    if (!threads.has(to)) {
      post(from, { type: 'forget', id: to });
      return;
    }
    const { port1, port2 } = new MessageChannel();
    post(from, { type: 'link', to, port: port1 }, [port1]);
    post(to, { type: 'accept', port: port2 }, [port2]);
  }

  function launch(id: number, incarnation: number, events: RemoteEvents): Remote {
    const order: ThreadOrder = { config, id, incarnation, gates, deliveredCounts };
    const thread = new Worker(script, { workerData: order });
    threads.set(id, thread);
    thread.on('message', (report: ThreadReport) => {
      if (report.type === 'connect') connect(id, report.to);
      else events.report(report);
    });
    thread.once('error', (error: Error) => events.ended(`its thread failed: ${error.message}`));
    thread.once('exit', () => {
      if (threads.get(id) === thread) threads.delete(id);
      for (const other of threads.keys()) post(other, { type: 'forget', id });
      events.ended('its thread ended');
    });
    return {
      post: (command) => thread.postMessage(command),
      async kill() {
        await thread.terminate();
      },
    };
  }

  const gateKeeper = createGateKeeper(gates);
  return {
    slot: (id, events) => createRemoteSlot(id, events, gateKeeper, launch),
    async close() {
      await Promise.all([...threads.values()].map((thread) => thread.terminate()));
    },
  };
}

/** Every thread looks at the same words of memory, so a gate is shut for all at one instant. */
function createGateKeeper(gates: Int32Array): Gates {
  const lastEpochs = new Map<number, number>();
  return {
    async open(id) {
      const epoch = (lastEpochs.get(id) ?? 0) + 1;
      lastEpochs.set(id, epoch);
      Atomics.store(gates, id, epoch);
    },
    async shut(id) {
      Atomics.store(gates, id, 0);
      return nowUs();
    },
  };
}

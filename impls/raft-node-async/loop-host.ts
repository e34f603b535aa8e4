import type { Message } from '../_node/raft/core/message.ts';
import { nowUs } from '../_node/raft/host/clock.ts';
import type { Config } from '../_node/raft/host/config.ts';
import { createDelayLine } from '../_node/raft/host/delays.ts';
import { maxWaiting } from '../_node/raft/host/links.ts';
import { type Runner, startRunner } from '../_node/raft/host/runner.ts';
import type { Host, Slot, SlotEvents } from '../_node/raft/host/slot.ts';

interface Parcel {
  readonly message: Message;
  readonly sentUs: number;
  /** Those it was sent between: a successor gets no mail of its predecessor. */
  readonly sender: Place;
  readonly epoch: number;
}

interface Place {
  runner: Runner | null;
  /** Raised by each cut: what was sent before is not delivered. */
  epoch: number;
  isConnected: boolean;
  /** Messages for it that the line holds. */
  waitingCount: number;
  /** The last runner's end. */
  buried: Promise<void>;
}

/** The nodes of a cluster on this event loop, with one line for all messages between them. */
export function createLoopHost(config: Config): Host {
  const places = new Map<number, Place>();
  const line = createDelayLine<Parcel>(config.networkDelayUs, deliver);

  function deliver({ message, sentUs, sender, epoch }: Parcel): void {
    const receiver = places.get(message.to);
    if (receiver === undefined) return;
    receiver.waitingCount -= 1;
    if (sender.epoch === epoch && receiver.isConnected) receiver.runner?.receive(message, sentUs);
  }

  function push(parcel: Parcel): void {
    const receiver = places.get(parcel.message.to);
    if (receiver === undefined || receiver.waitingCount >= maxWaiting) return;
    receiver.waitingCount += 1;
    line.push(parcel, parcel.sentUs);
  }

  return {
    slot(id, events) {
      const place: Place = { runner: null, epoch: 0, isConnected: false, waitingCount: 0, buried: Promise.resolve() };
      places.set(id, place);
      const send = (message: Message, sentUs: number): void => {
        if (place.isConnected) push({ message, sentUs, sender: place, epoch: place.epoch });
      };
      return createSlot(config, id, place, send, events);
    },
    async close() {
      line.close();
    },
  };
}

function createSlot(
  config: Config,
  id: number,
  place: Place,
  send: (message: Message, sentUs: number) => void,
  events: SlotEvents,
): Slot {
  function cut(): number {
    place.epoch += 1;
    place.isConnected = false;
    return nowUs();
  }

  function bury(): Promise<void> {
    if (place.runner !== null) place.buried = place.runner.drop();
    place.runner = null;
    return place.buried;
  }

  return {
    async start(incarnation) {
      await place.buried;
      const ports = {
        send,
        answered: events.answered,
        roleChanged: events.roleChanged,
        failed(error: Error) {
          cut();
          void bury();
          events.failed(error.message);
        },
      };
      place.isConnected = true;
      const runner = startRunner(config, id, incarnation, ports);
      place.runner = runner;
      const { term, entries, droppedBytes } = runner.recovered;
      return { term, lastLogIndex: entries.length, droppedBytes };
    },
    async cut() {
      return cut();
    },
    kill: bury,
    async isolate(isIsolated) {
      place.epoch += 1;
      place.isConnected = !isIsolated;
    },
    propose: (requests) => place.runner?.propose(requests),
    read: (reads) => place.runner?.read(reads),
    heartbeat: () => place.runner?.heartbeat(),
    lagBehind: (from) => place.runner?.lagBehind(from),
    async status(withDelays) {
      if (place.runner === null) throw new Error(`node ${id} is not running`);
      return place.runner.status(withDelays);
    },
  };
}

import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'channel',
  order: 3,
  version: 1,
  title: 'Throughput of a channel',
  kind: 'time',
  operation: 'one integer handed by one of the producers to the one consumer, all sending as fast as they can',
  correctnessCheck: 'the consumer has received as many integers as were sent, and their sum is right',
  sizeLabel: 'producers',
  sizes: [1, 4],
  cases: {
    typescript: [
      { id: 'promise', description: 'async producers and an async consumer over a bounded queue of 1,024' },
      { id: 'message-port', description: 'worker threads, each through a MessagePort to the main thread' },
      { id: 'ipc', description: 'child processes, each through its IPC channel' },
    ],
    go: [
      { id: 'channel-unbuffered', description: 'goroutines over one unbuffered channel' },
      { id: 'channel-buffered', description: 'goroutines over one channel with room for 1,024' },
    ],
    python: [
      { id: 'queue', description: 'threads over one queue.Queue of 1,024' },
      { id: 'asyncio-queue', description: 'tasks over one asyncio.Queue of 1,024' },
      { id: 'mp-queue', description: 'processes over one multiprocessing.Queue of 1,024' },
    ],
  },
  usesData: false,
  programs: null,
};

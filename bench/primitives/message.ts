import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'message',
  order: 2,
  version: 1,
  title: 'A message there and back',
  kind: 'time',
  operation: 'send an integer to a partner that is there already and waits; it answers with the integer plus 1',
  correctnessCheck: 'every answer is the integer sent plus 1, in order',
  sizeLabel: null,
  sizes: [],
  cases: {
    typescript: [
      { id: 'promise', description: 'two async functions that hand each other promises' },
      { id: 'message-port', description: 'a worker thread through a MessagePort' },
      { id: 'atomics', description: 'a worker thread through shared memory, Atomics.wait and notify' },
      { id: 'piscina', description: 'a task on a warm piscina pool of one thread' },
      { id: 'ipc', description: 'a child process through its IPC channel' },
      { id: 'socket', description: 'a child process through TCP on loopback' },
    ],
    go: [
      { id: 'channel-unbuffered', description: 'a goroutine through two unbuffered channels' },
      { id: 'channel-buffered', description: 'a goroutine through two channels with room for one' },
      { id: 'socket', description: 'a child process through TCP on loopback' },
    ],
    python: [
      { id: 'queue', description: 'a thread through two queue.Queue' },
      { id: 'asyncio-queue', description: 'a task through two asyncio.Queue' },
      { id: 'mp-queue', description: 'a process through two multiprocessing.Queue' },
      { id: 'socket', description: 'a process through TCP on loopback' },
    ],
  },
  usesData: false,
  programs: null,
};

import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'spawn',
  order: 1,
  version: 1,
  title: 'Spawn and join',
  kind: 'time',
  operation:
    'start one unit that adds 1 to a counter, and wait until it has ended; one after another, never two at once',
  correctnessCheck: 'as many units have counted as were started',
  sizeLabel: null,
  sizes: [],
  cases: {
    typescript: [
      { id: 'promise', description: 'an async function, awaited' },
      { id: 'immediate', description: 'a callback of setImmediate, awaited: one turn of the event loop' },
      { id: 'worker', description: 'a worker thread, until its exit' },
      { id: 'process', description: 'a child process (fork), until its exit' },
    ],
    go: [{ id: 'goroutine', description: 'a goroutine, joined by a channel' }],
    python: [
      { id: 'task', description: 'asyncio.create_task, awaited' },
      { id: 'thread', description: 'threading.Thread, joined' },
      { id: 'process', description: 'multiprocessing.Process (spawn), joined' },
    ],
  },
  usesData: false,
  programs: null,
};

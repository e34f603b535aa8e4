import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'memory-tasks',
  order: 11,
  version: 1,
  title: 'Memory of N waiting tasks',
  kind: 'memory',
  operation:
    'N units that all have started and wait for one signal; private memory, less that of the same program with none',
  correctnessCheck: 'after the signal all N units have counted',
  sizeLabel: 'tasks',
  sizes: [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000],
  cases: {
    typescript: [
      { id: 'promise', description: 'async functions that await one promise' },
      { id: 'worker', description: 'worker threads that wait in Atomics.wait' },
      { id: 'process', description: 'child processes (fork) that wait for a message' },
    ],
    go: [{ id: 'goroutine', description: 'goroutines that wait for a channel to be closed' }],
    python: [
      { id: 'task', description: 'asyncio tasks that await one asyncio.Event' },
      { id: 'thread', description: 'threads that wait for one threading.Event' },
      { id: 'process', description: 'processes (spawn) that wait for one multiprocessing.Event' },
    ],
  },
  usesData: false,
  programs: null,
};

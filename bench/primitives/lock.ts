import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'lock',
  order: 4,
  version: 1,
  title: 'A contended lock',
  kind: 'time',
  operation:
    'take the lock, add 1 to a plain shared counter, give the lock back; all contenders at once, each an equal share',
  correctnessCheck: 'the counter’s end value is exactly the number of operations',
  sizeLabel: 'contenders',
  sizes: [1, 2, 4, 8],
  cases: {
    typescript: [
      {
        id: 'atomics',
        description: 'worker threads over a mutex on shared memory (Atomics.compareExchange, wait, notify)',
      },
      {
        id: 'promise',
        description: 'async functions over a first-come mutex of promises; the holder yields once while it holds it',
      },
    ],
    go: [{ id: 'mutex', description: 'goroutines over a sync.Mutex' }],
    python: [
      { id: 'thread-lock', description: 'threads over a threading.Lock' },
      {
        id: 'asyncio-lock',
        description: 'tasks over an asyncio.Lock; the holder yields once (sleep(0)) while it holds it',
      },
    ],
  },
  usesData: false,
  programs: null,
};

import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'wait-group',
  order: 5,
  version: 1,
  title: 'A wait group',
  kind: 'time',
  operation: 'start N units that each add 1 to a counter and report done, and wait until all have',
  correctnessCheck: 'the counter is N times the number of operations: doneCount is the counter divided by N',
  sizeLabel: 'units',
  sizes: [8],
  cases: {
    typescript: [
      { id: 'promise-all', description: 'async functions under Promise.all' },
      { id: 'piscina', description: 'tasks on a warm piscina pool under Promise.all' },
    ],
    go: [{ id: 'wait-group', description: 'goroutines under a sync.WaitGroup' }],
    python: [
      { id: 'condition', description: 'threads under the paper’s own wait group: a counter and a threading.Condition' },
      { id: 'gather', description: 'coroutines under asyncio.gather' },
    ],
  },
  usesData: false,
  programs: null,
};

import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'sort',
  order: 8,
  version: 1,
  title: 'Merge sort of 1,000,000 integers',
  kind: 'time',
  operation:
    'sort a fresh copy of the file’s 1,000,000 integers by the same merge sort; the copy is made outside the measured time',
  correctnessCheck: 'the hash of the sorted integers is the one known beforehand',
  sizeLabel: 'parts',
  sizes: [1, 2, 4, 8],
  cases: {
    typescript: [{ id: 'workers', description: 'worker threads on shared memory; 1 part: in the main thread' }],
    go: [{ id: 'goroutines', description: 'goroutines on one slice; 1 part: no goroutine' }],
    python: [
      { id: 'threads', description: 'threads on one list; 1 part: no thread' },
      { id: 'processes', description: 'processes that are sent their part and send it back; 1 part: no process' },
    ],
  },
  usesData: true,
  programs: null,
};

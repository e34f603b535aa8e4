import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'timer-drift',
  order: 7,
  version: 1,
  title: 'Drift of a restarted timer',
  kind: 'lateness',
  operation: 'a timer of 5 ms that restarts itself when it fires: how much later than 5 ms one round is',
  correctnessCheck: 'it fired as often as it was started',
  sizeLabel: null,
  sizes: [],
  cases: {
    typescript: [{ id: 'new', description: 'setTimeout in the callback of setTimeout' }],
    go: [{ id: 'reset', description: 'time.Timer: Reset after its channel has given a value' }],
    python: [
      { id: 'thread-timer', description: 'the paper’s own: a new threading.Timer for each start' },
      { id: 'call-later', description: 'asyncio: loop.call_later in its callback' },
    ],
  },
  usesData: false,
  programs: null,
};

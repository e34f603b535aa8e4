import type { Primitive } from '../../src/model/primitive.ts';

export const primitive: Primitive = {
  id: 'timer',
  order: 6,
  version: 1,
  title: 'Restart of a timer',
  kind: 'time',
  operation: 'stop a running timer of 1,000 ms and start it again, as an election timer does at each heartbeat',
  correctnessCheck: 'it never fired while it was restarted, and fires once when it is started with 1 ms afterwards',
  sizeLabel: null,
  sizes: [],
  cases: {
    typescript: [
      { id: 'new', description: 'clearTimeout and setTimeout' },
      { id: 'refresh', description: 'timeout.refresh()' },
    ],
    go: [{ id: 'reset', description: 'time.Timer: Reset' }],
    python: [
      { id: 'thread-timer', description: 'the paper’s own: cancel, and a new threading.Timer' },
      { id: 'call-later', description: 'asyncio: cancel, and loop.call_later' },
    ],
  },
  usesData: false,
  programs: null,
};

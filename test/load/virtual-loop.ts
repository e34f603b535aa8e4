import type { Loop, PacedSource } from '../../src/load/pace/loop.ts';
import type { Alarm } from '../../src/os/clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A loop on virtual time, for what is connected without it. */
export function createVirtualLoop(clock: VirtualClock): Loop {
  let source: PacedSource | null = null;
  let alarm: Alarm | null = null;
  const arm = () => {
    if (source !== null) alarm = clock.at(source.nextDueNs, ring);
  };
  const ring = () => {
    source?.wake(clock.nowNs());
    arm();
  };
  const rest = () => {
    source = null;
    alarm?.cancel();
  };
  return {
    kind: 'portable',
    nowNs: clock.nowNs,
    at: clock.at,
    connect: () => {
      throw new Error('no sockets on virtual time');
    },
    pace: (next) => {
      rest();
      source = next;
      arm();
    },
    rest,
    readNow: () => undefined,
    wakeupCount: () => 0,
    sleptNs: () => 0,
    close: rest,
  };
}

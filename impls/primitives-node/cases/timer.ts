import { setTimeout as sleep } from 'node:timers/promises';
import type { TimedCase } from '../timed-case.ts';

export const cases = { new: renewed, refresh };

const electionMs = 1_000;

interface Fired {
  count: number;
}

function renewed(): TimedCase {
  const fired = { count: 0 };
  const fire = () => {
    fired.count += 1;
  };
  let timer = setTimeout(fire, electionMs);
  return {
    isAsync: false,
    run(count) {
      for (let index = 0; index < count; index += 1) {
        clearTimeout(timer);
        timer = setTimeout(fire, electionMs);
      }
    },
    finish: (askedCount) => traceOf(fired, askedCount, timer, fire),
  };
}

function refresh(): TimedCase {
  const fired = { count: 0 };
  const fire = () => {
    fired.count += 1;
  };
  const timer = setTimeout(fire, electionMs);
  return {
    isAsync: false,
    run(count) {
      for (let index = 0; index < count; index += 1) timer.refresh();
    },
    finish: (askedCount) => traceOf(fired, askedCount, timer, fire),
  };
}

/** Never fired while it was restarted, and once when it is left alone. */
async function traceOf(fired: Fired, askedCount: number, timer: NodeJS.Timeout, fire: () => void) {
  const early = fired.count;
  clearTimeout(timer);
  setTimeout(fire, 1);
  await sleep(20);
  return { doneCount: early === 0 && fired.count === 1 ? askedCount : 0 };
}

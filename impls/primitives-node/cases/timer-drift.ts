import { counted, type TimedCase } from '../timed-case.ts';

export const cases = { new: renewed };

const roundMs = 5;
const roundsInSample = 20;

function renewed(): TimedCase {
  let fired = 0;
  const rounds = (count: number, done: () => void) => {
    setTimeout(() => {
      fired += 1;
      if (count === 1) done();
      else rounds(count - 1, done);
    }, roundMs);
  };
  return {
    isAsync: true,
    fixedCount: roundsInSample,
    dueNs: roundMs * 1e6,
    run: (count) => new Promise((resolve) => rounds(count, resolve)),
    finish: counted(() => fired),
  };
}

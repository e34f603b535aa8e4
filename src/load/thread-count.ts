/** What one sending thread keeps with some room to spare: it held 20,000/s with its loop half to two thirds busy (decision 0007). */
const comfortableRatePerSec = 25_000;

/**
 * How many threads should send: one as long as one can, else as many as the rate needs, leaving the target a core. What keeps
 * state is sent by one thread at any rate.
 */
export function chooseThreadCount(ratePerSec: number, coreCount: number, isStateless: boolean): number {
  if (!isStateless) return 1;
  return Math.max(1, Math.min(Math.ceil(ratePerSec / comfortableRatePerSec), coreCount - 1));
}

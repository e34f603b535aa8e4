/** How much before a due time the sleeping thread wakes the sending loop, learnt from how long the waking takes. */
export interface Lead {
  /** Now, in nanoseconds; 0: the gaps are too short for a lead to pay. */
  ns(): number;
  /** It is never longer than this. */
  readonly mostNs: number;
  /** A wake-up meant for `leadNs` before the due time arrived `remainingNs` before it (negative: after). */
  observe(remainingNs: number): void;
}

const longestNs = 600_000;
/** Of the mean gap: what the loop may at most spend polling instead of sleeping. */
const gapShareRatio = 0.1;
const worthwhileNs = 40_000;
const stepNs = 20_000;
const lateRatio = 0.1;

/**
 * Follows the lead at which one wake-up in ten comes late (a quantile by stochastic approximation: Robbins and Monro 1951):
 * a late one lengthens it by nine steps, an early one shortens it by one.
 */
export function createLead(peakRatePerSec: number): Lead {
  const affordableNs = Math.min(longestNs, (gapShareRatio * 1e9) / peakRatePerSec);
  const mostNs = affordableNs < worthwhileNs ? 0 : affordableNs;
  let leadNs = Math.min(mostNs, longestNs / 2);
  return {
    ns: () => leadNs,
    mostNs,
    observe(remainingNs) {
      if (mostNs === 0) return;
      const moveNs = remainingNs < 0 ? stepNs * (1 - lateRatio) : -stepNs * lateRatio;
      leadNs = Math.min(mostNs, Math.max(worthwhileNs, leadNs + moveNs));
    },
  };
}

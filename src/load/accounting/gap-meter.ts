/** How even a sequence of instants is, without keeping it. */
export interface GapMeter {
  mark(timeNs: number): void;
  /** Coefficient of variation of the gaps (population form): 0 is perfectly even, 1 is Poisson; null below 3 marks. */
  cvRatio(): number | null;
}

/** Welford's running mean and variance (Technometrics 4(3), 1962). */
export function createGapMeter(): GapMeter {
  let lastNs = Number.NaN;
  let gapCount = 0;
  let meanNs = 0;
  let squares = 0;
  return {
    mark: (timeNs) => {
      const gapNs = timeNs - lastNs;
      lastNs = timeNs;
      if (Number.isNaN(gapNs)) return;
      gapCount++;
      const delta = gapNs - meanNs;
      meanNs += delta / gapCount;
      squares += delta * (gapNs - meanNs);
    },
    cvRatio: () => (gapCount < 2 || meanNs <= 0 ? null : Math.sqrt(squares / gapCount) / meanNs),
  };
}

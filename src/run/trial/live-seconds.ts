import type { GeneratorProgress } from '../../load/messages.ts';
import { median } from '../../stats/descriptive.ts';
import type { TrialSecond } from '../reporter.ts';

export interface SecondMeter {
  /** About once a second, from the generator. */
  onProgress(progress: GeneratorProgress): void;
  /** The target's CPU counter at a moment of the window. */
  onTargetCpu(atMs: number, cpuMs: number): void;
}

/** Puts together what generator and sampler say of a window while it is open; both say it anyway. */
export function createSecondMeter(measureMs: number, onSecond: (second: TrialSecond) => void): SecondMeter {
  const medians: number[] = [];
  let opened: { readonly atMs: number; readonly cpuMs: number } | null = null;
  let coresUsed: number | null = null;
  return {
    onProgress({ phase, elapsedMs, counts, lastSecondP50Ms }) {
      if (phase !== 'measure' || elapsedMs <= 0) return;
      if (lastSecondP50Ms !== null) medians.push(lastSecondP50Ms);
      // What is left to wait for after the window is no time in which requests are sent.
      const ratePerSec = counts.sentCount / (Math.min(elapsedMs, measureMs) / 1000);
      const cpuPerRequestMs = coresUsed === null || ratePerSec === 0 ? null : (coresUsed * 1000) / ratePerSec;
      onSecond({ elapsedMs, measureMs, ratePerSec, cpuPerRequestMs, lastSecondP50Ms, responseP50Ms: median(medians) });
    },
    onTargetCpu(atMs, cpuMs) {
      opened ??= { atMs, cpuMs };
      if (atMs > opened.atMs) coresUsed = (cpuMs - opened.cpuMs) / (atMs - opened.atMs);
    },
  };
}

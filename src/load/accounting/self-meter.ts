import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { GeneratorUsage } from '../../model/load-result.ts';

/** What the generator itself spent between the meter's start and its reading. */
export type SelfReading = Pick<
  GeneratorUsage,
  'cpuUserMs' | 'cpuSystemMs' | 'eventLoopUtilizationRatio' | 'gcMs' | 'rssBytes'
>;

/** `sleptNs`: how long the loop has slept by itself so far. Starts now; reading it stops it. CPU and collections are those of all threads of the process. */
export function startSelfMeter(sleptNs: () => number): () => SelfReading {
  const sleptNsAtStart = sleptNs();
  const cpuAtStart = process.cpuUsage();
  const loopAtStart = performance.eventLoopUtilization();
  let gcMs = 0;
  const addCollections = (entries: readonly { duration: number }[]) => {
    for (const { duration } of entries) gcMs += duration;
  };
  const observer = new PerformanceObserver((list) => addCollections(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    const cpu = process.cpuUsage(cpuAtStart);
    const { active, idle } = performance.eventLoopUtilization(loopAtStart);
    // Node's loop counts ours as work, sleep and all.
    const sleptMs = (sleptNs() - sleptNsAtStart) / 1e6;
    addCollections(observer.takeRecords());
    observer.disconnect();
    return {
      cpuUserMs: cpu.user / 1000,
      cpuSystemMs: cpu.system / 1000,
      eventLoopUtilizationRatio: Math.min(1, Math.max(0, (active - sleptMs) / (active + idle))),
      gcMs,
      rssBytes: residentBytes(),
    };
  };
}

/** Reading it takes a file; where connections have taken all that are allowed, the peak, which does not, stands for it. */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

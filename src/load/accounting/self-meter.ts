import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { GeneratorUsage } from '../../model/load-result.ts';
import type { Loop } from '../pace/loop.ts';

/** What the generator itself spent until the meter was read. */
export type SelfReading = Pick<
  GeneratorUsage,
  'cpuUserMs' | 'cpuSystemMs' | 'eventLoopUtilizationRatio' | 'gcMs' | 'rssBytes'
>;

/**
 * Counts from `timeNs` on, so that the wait for the window does not dilute its figures; the first reading stops it. CPU and
 * collections are those of all threads of the process.
 */
export function startSelfMeter(loop: Loop, timeNs: number): () => SelfReading {
  const look = () => ({ cpu: process.cpuUsage(), busy: performance.eventLoopUtilization(), sleptNs: loop.sleptNs() });
  let before = look();
  let gcMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  const alarm = loop.at(timeNs, () => {
    observer.takeRecords();
    before = look();
    gcMs = 0;
  });
  return () => {
    alarm.cancel();
    const cpu = process.cpuUsage(before.cpu);
    const { active, idle } = performance.eventLoopUtilization(before.busy);
    // Node's loop counts ours as work, sleep and all.
    const sleptMs = (loop.sleptNs() - before.sleptNs) / 1e6;
    for (const { duration } of observer.takeRecords()) gcMs += duration;
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

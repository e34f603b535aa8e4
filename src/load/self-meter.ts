import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { GeneratorReport } from '../model/load-result.ts';

/** What the generator itself spent between the meter's start and its reading. */
export type SelfReading = Pick<
  GeneratorReport,
  'cpuUserMs' | 'cpuSystemMs' | 'eventLoopUtilizationRatio' | 'gcMs' | 'rssBytes'
>;

/** Starts now; reading it stops it. CPU and collections are those of all threads of the process. */
export function startSelfMeter(): () => SelfReading {
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
    const { utilization } = performance.eventLoopUtilization(loopAtStart);
    addCollections(observer.takeRecords());
    observer.disconnect();
    return {
      cpuUserMs: cpu.user / 1000,
      cpuSystemMs: cpu.system / 1000,
      eventLoopUtilizationRatio: utilization,
      gcMs,
      rssBytes: process.memoryUsage.rss(),
    };
  };
}

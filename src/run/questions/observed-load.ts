import { type Generator, startGenerator } from '../../load/generator.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { LoadPlan } from '../../model/scenario.ts';
import { monotonicClock, nowNs } from '../../os/clock.ts';
import { openProbe, type Probe } from '../../probe/probe.ts';
import { startSampler } from '../../probe/sampler.ts';
import { type TrackedGroup, trackProcessGroup } from '../session/tracked-resources.ts';
import { cpuBySecond, type ObservedLoad } from './second-figures.ts';
import type { Subject } from './subject.ts';

const generatorNiceness = -10;
/** Enough for the generator to hear when to begin. */
const leadNs = 100e6;
const sampleIntervalMs = 1_000;

export interface LoadOptions {
  /** About once a second. */
  onProgress(elapsedMs: number): void;
  /** After so many answers a connection is closed and another opened; not given, or null: never. */
  readonly requestsPerConnection?: number | null;
  /** Hears all that the target writes to its log. */
  onTargetLog?(chunk: Buffer): void;
}

/** A generator that knows each second of its load, in the cleanup registry until it is stopped. */
export async function startQuestionGenerator(
  { workload, session }: Subject,
  targetUrl: string,
  loadPlan: LoadPlan,
  { onProgress, requestsPerConnection = null }: LoadOptions,
): Promise<Generator> {
  const generator = await startGenerator({
    ...{ workloadPath: workload.module.path, workloadArgument: workload.module.argument, targetUrl, loadPlan },
    // What several threads send has no one order of outages.
    ...{ threadCount: 1, keepsDetail: true, joinPaths: [], niceness: generatorNiceness },
    ...{ transport: session.transport, signal: session.signal },
    ...(requestsPerConnection === null ? {} : { requestsPerConnection }),
    onProgress: ({ phase, elapsedMs }) => {
      if (phase === 'measure') onProgress(elapsedMs);
    },
  });
  const release = trackProcessGroup(session.cleanupRegistry, generator.pid);
  return {
    ...generator,
    async stop() {
      await generator.stop();
      release();
    },
  };
}

/** Throws HarnessError where there is no group: CPU cannot be counted from a program's first moment. */
export function groupProbe(group: TrackedGroup['group']): Probe {
  if (group !== null) return openProbe({ group, rootPid: 0, force: 'cgroup' });
  const message = 'no control group can be made here: what a program costs by the second cannot be counted';
  throw new HarnessError('cannot-measure', message, 'run as root, or in a session with delegated control groups');
}

export interface BegunLoad {
  /** Resolves at the first due time. */
  readonly opened: Promise<void>;
  /** Rejects when the generator is stopped before the end. */
  readonly ended: Promise<ObservedLoad>;
}

/** Opens the window a moment from now, and looks at the target at each edge of a second. */
export function beginObservedLoad(generator: Generator, probe: Probe | null, measureMs: number): BegunLoad {
  const startAtNs = nowNs() + leadNs;
  const sampler = startSampler({
    probes: new Map(probe === null ? [] : [['target', probe]]),
    ...{ openAtNs: startAtNs, intervalMs: sampleIntervalMs, clock: monotonicClock },
  });
  const ended = generator
    .measureSeconds(startAtNs, () => sampler.close())
    .then(
      async (measured) => {
        const { samples } = await sampler.end();
        return { ...measured, cpuMs: cpuBySecond(samples, Math.ceil(measureMs / 1000)) };
      },
      async (error: unknown) => {
        await sampler.end().catch(() => {});
        throw error;
      },
    );
  // It may fail before anybody waits for it.
  ended.catch(() => {});
  const opened = new Promise<void>((resolve) => monotonicClock.at(startAtNs, resolve));
  return { opened, ended };
}

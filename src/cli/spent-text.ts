import { HarnessError } from '../model/harness-error.ts';
import type { ProgramName } from '../model/implementation.ts';
import type { ProcessSample } from '../model/trial.ts';
import { monotonicClock } from '../os/clock.ts';
import { openRunningProgram, type RunningProgram } from '../probe/running-program.ts';
import { startSampler } from '../probe/sampler.ts';

/** What a program that runs already spent in a window. */
export interface SpentResources {
  readonly program: string;
  readonly caveat: string | null;
  readonly windowMs: number;
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  readonly peakPrivateBytes: number | null;
  readonly switchCount: number | null;
  readonly faultCount: number | null;
  /** What looking cost this process. */
  readonly samplingCoresUsed: number;
  readonly sources: { readonly cpu: string; readonly memory: string };
  readonly samples: readonly ProcessSample[];
}

interface ProgramFlags {
  readonly pid?: number;
  readonly cgroup?: string;
  readonly container?: string;
}

/** null: none was named. Throws HarnessError usage for several, or for one that is not there. */
export async function openNamedProgram({ pid, cgroup, container }: ProgramFlags): Promise<RunningProgram | null> {
  const names: ProgramName[] = [
    ...(pid === undefined ? [] : [{ kind: 'pid', pid } as const]),
    ...(cgroup === undefined ? [] : [{ kind: 'cgroup', path: cgroup } as const]),
    ...(container === undefined ? [] : [{ kind: 'container', name: container } as const]),
  ];
  const [name, another] = names;
  if (name === undefined) return null;
  if (another !== undefined)
    throw new HarnessError(
      'usage',
      '--pid, --cgroup and --container name the same thing in three ways',
      'give one of them',
    );
  return openRunningProgram(name);
}

export function programEnded({ title }: RunningProgram): HarnessError {
  return new HarnessError(
    'cannot-measure',
    `${title} ended while it was measured: its CPU and memory are not those of the whole time`,
    'see its log, and start it again',
  );
}

interface ProgramObserver {
  close(): void;
  end(): Promise<SpentResources>;
}

/** From `startAtNs` until `close`, a look each second and the private memory ten times a second. */
export function observeProgram(program: RunningProgram, startAtNs: number): ProgramObserver {
  const { probe, title, caveat } = program;
  const sampler = startSampler({
    probes: new Map([['target', probe]]),
    openAtNs: startAtNs,
    intervalMs: 1_000,
    clock: monotonicClock,
  });
  let before = program.readEvents();
  const alarm = monotonicClock.at(startAtNs, () => {
    before = program.readEvents();
  });
  let after: typeof before | null = null;
  const close = () => {
    if (after !== null) return;
    alarm.cancel();
    after = program.readEvents();
    sampler.close();
  };
  return {
    close,
    async end() {
      close();
      const record = await sampler.end();
      const edges = record.edges.get('target');
      const difference = (key: 'cpuUserMs' | 'cpuSystemMs') =>
        edges === undefined ? 0 : Math.max(0, edges.closed[key] - edges.opened[key]);
      const grown = (key: 'switchCount' | 'faultCount') => {
        const [from, to] = [before[key], after?.[key] ?? null];
        return from === null || to === null ? null : to - from;
      };
      return {
        ...{ program: title, caveat, windowMs: record.windowMs },
        ...{ cpuUserMs: difference('cpuUserMs'), cpuSystemMs: difference('cpuSystemMs') },
        peakPrivateBytes: record.peakAnonBytes,
        ...{ switchCount: grown('switchCount'), faultCount: grown('faultCount') },
        samplingCoresUsed: record.samplingCoresUsed,
        sources: { cpu: probe.cpuSource, memory: probe.memorySource },
        samples: record.samples,
      };
    },
  };
}

/** `sentCount` null: no load was sent. */
export function spentText(spent: SpentResources, sentCount: number | null): string {
  const { windowMs, cpuUserMs, cpuSystemMs, peakPrivateBytes, switchCount, faultCount } = spent;
  const cpuMs = cpuUserMs + cpuSystemMs;
  const each = sentCount === null || sentCount === 0 ? null : sentCount;
  const rate = (count: number | null, noun: string) => {
    if (count === null) return `${noun} not known`;
    return each === null
      ? `${((1_000 * count) / windowMs).toFixed(0)} ${noun}/s`
      : `${(count / each).toFixed(2)} ${noun} a request`;
  };
  const parts = [
    `${((100 * cpuMs) / windowMs).toFixed(1)} % of a core`,
    ...(each === null ? [] : [`${(cpuMs / each).toFixed(3)} ms CPU a request`]),
    `${cpuMs === 0 ? 0 : Math.round((100 * cpuSystemMs) / cpuMs)} % of it in the kernel`,
    `private memory ${memoryText(peakPrivateBytes)} at most`,
    rate(switchCount, 'context switches'),
    rate(faultCount, 'page faults'),
  ];
  const lines = [
    `target: ${spent.program}: ${parts.join(', ')}`,
    `  read from ${spent.sources.cpu}; sampling cost ${(100 * spent.samplingCoresUsed).toFixed(2)} % of a core`,
  ];
  return [...lines, ...(spent.caveat === null ? [] : [`  ${spent.caveat}`])].join('\n');
}

export function memoryText(bytes: number | null): string {
  return bytes === null ? 'not known' : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

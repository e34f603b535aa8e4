import type { Role } from '../../model/trial.ts';
import { type EventCounts, type EventReader, eventsBetween } from '../../probe/event-counts.ts';
import { type MachineCounters, noiseBetween, readMachineCounters } from '../../probe/machine-noise.ts';
import type { Probe } from '../../probe/probe.ts';
import { type Edges, startSampler } from '../../probe/sampler.ts';
import type { StrayProcess, StrayWatch } from '../../probe/stray-processes.ts';
import type { CpuSpan, WindowObserver, WindowRecord } from './observations.ts';

interface RoleProbes {
  /** null: not known. */
  readonly target: Probe | null;
  /** null: no request is sent. */
  readonly generator: Probe | null;
  readonly database: Probe | null;
  /** What is counted of the target beside its CPU and memory; null: nothing can be. */
  readonly targetEvents: EventReader | null;
}

const sampleIntervalMs = 1_000;
/** Enough for the generator to hear when to begin. */
const leadMs = 100;

/** Observes a measured window that opens a moment from now. */
export function observeWindow(
  probes: RoleProbes,
  strays: StrayWatch,
  onTargetCpu: (atMs: number, cpuMs: number) => void,
): WindowObserver {
  const startAtNs = nowNs() + leadMs * 1e6;
  const ofRoles = new Map<Role, Probe>();
  if (probes.target !== null) ofRoles.set('target', probes.target);
  if (probes.generator !== null) ofRoles.set('generator', probes.generator);
  if (probes.database !== null) ofRoles.set('database', probes.database);
  const sampler = startSampler({
    probes: ofRoles,
    openAtNs: startAtNs,
    intervalMs: sampleIntervalMs,
    clock: timerClock,
    onReading: (role, atMs, { cpuUserMs, cpuSystemMs }) => {
      if (role === 'target') onTargetCpu(atMs, cpuUserMs + cpuSystemMs);
    },
  });
  const { targetEvents } = probes;
  let opened = readEdge(targetEvents);
  let closed: Edge | null = null;
  const looking = setInterval(() => {
    strays.look();
    targetEvents?.read();
  }, sampleIntervalMs);
  const opening = timerClock.at(startAtNs, () => {
    opened = readEdge(targetEvents);
  });
  return {
    startAtNs,
    close() {
      closed ??= readEdge(targetEvents);
      sampler.close();
    },
    async end(): Promise<WindowRecord> {
      opening.cancel();
      clearInterval(looking);
      const record = await sampler.end();
      closed ??= readEdge(targetEvents);
      const detail = await probes.target?.memoryDetail();
      const { samples, peakAnonBytes, samplingCoresUsed, windowMs, edges } = record;
      const last = edges.get('target')?.closed;
      return {
        windowMs,
        target: probes.target === null ? null : cpuSpan(edges.get('target')),
        targetCpuMs: last === undefined ? null : last.cpuUserMs + last.cpuSystemMs,
        strayProcesses: strays.look().map(strayText),
        generator: probes.generator === null ? null : cpuSpan(edges.get('generator')),
        database: probes.database === null ? null : cpuSpan(edges.get('database')),
        processCount: last?.processCount ?? null,
        threadCount: last?.threadCount ?? null,
        samples,
        peakAnonBytes,
        peakIncludingFileBytes: detail?.peakIncludingFileBytes ?? null,
        anonHugePagesBytes: detail?.anonHugePagesBytes ?? null,
        counters: countersBetween(targetEvents, opened, closed),
        ...noiseBetween(opened.machine, closed.machine),
        probe: {
          cpu: probes.target?.cpuSource ?? unknownSource,
          memory: probes.target?.memorySource ?? unknownSource,
          sampleIntervalMs,
        },
        samplingCoresUsed,
      };
    },
  };
}

const unknownSource = 'none: it runs already, and no program was named';

/** What is read once as the window opens, and once as it closes. */
interface Edge {
  readonly machine: MachineCounters;
  readonly events: EventCounts | null;
}

function readEdge(targetEvents: EventReader | null): Edge {
  return { machine: readMachineCounters(), events: targetEvents?.read() ?? null };
}

function countersBetween(reader: EventReader | null, opened: Edge, closed: Edge): WindowRecord['counters'] {
  if (reader === null || opened.events === null || closed.events === null) return null;
  return { ...eventsBetween(opened.events, closed.events), source: reader.source };
}

function strayText({ pid, left }: StrayProcess): string {
  return `process ${pid} of the target has left its ${left}: what it uses cannot be counted`;
}

function cpuSpan(edges: Edges | undefined): CpuSpan {
  if (edges === undefined) throw new Error('a role was observed and has no reading');
  const { opened, closed } = edges;
  return {
    userMs: Math.max(0, closed.cpuUserMs - opened.cpuUserMs),
    systemMs: Math.max(0, closed.cpuSystemMs - opened.cpuSystemMs),
    runDelayMs: opened.runDelayMs === null || closed.runDelayMs === null ? null : closed.runDelayMs - opened.runDelayMs,
  };
}

function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/** Timers of a millisecond's grain: good enough for samples ten times a second. */
const timerClock = {
  nowNs,
  at(timeNs: number, callback: () => void) {
    const timer = setTimeout(callback, Math.max(0, (timeNs - nowNs()) / 1e6));
    return { cancel: () => clearTimeout(timer) };
  },
};

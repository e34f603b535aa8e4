import type { ProcessSample, Role } from '../model/trial.ts';
import type { Probe, Reading } from './probe.ts';

const peakIntervalMs = 100;

/** Time as the sampler sees it; tests pass a virtual one. */
export interface SamplerClock {
  /** CLOCK_MONOTONIC in nanoseconds. */
  nowNs(): number;
  /** Calls back once, at `timeNs` or a little later. */
  at(timeNs: number, callback: () => void): { cancel(): void };
}

export interface SamplerOptions {
  /** Roles without a probe (an external database) are left out. */
  readonly probes: ReadonlyMap<Role, Probe>;
  /** When the measured window opens: the first sample, and the origin of `atMs`. */
  readonly openAtNs: number;
  /** A multiple of 100 ms. */
  readonly intervalMs: number;
  readonly clock: SamplerClock;
  /** Hears of each reading once it is taken. */
  readonly onReading?: (role: Role, atMs: number, reading: Reading) => void;
  /** CPU of this process so far, in microseconds; `process.cpuUsage` unless told. */
  readonly cpuUsage?: () => { readonly user: number; readonly system: number };
}

/** The readings of a role at the two edges of the window: their difference is what the window cost. */
export interface Edges {
  readonly opened: Reading;
  readonly closed: Reading;
}

interface SamplerRecord {
  readonly samples: readonly ProcessSample[];
  readonly edges: ReadonlyMap<Role, Edges>;
  /** Between the two edge readings, which come a little after the window's own edges. */
  readonly windowMs: number;
  /** Greatest private memory of the target among the 10 Hz looks. */
  readonly peakAnonBytes: number | null;
  readonly samplingCpuMs: number;
  readonly samplingCoresUsed: number;
}

interface Sampler {
  /** The window is over: takes the closing readings now. */
  close(): void;
  /** Closes if need be; rejects with what a reading failed with. */
  end(): Promise<SamplerRecord>;
}

/**
 * Reads every role at `openAtNs + k × intervalMs`, and the target's private memory ten times a second. A look that comes too
 * late for its place is dropped, never made up for: samples stay aligned over roles and trials.
 */
export function startSampler(options: SamplerOptions): Sampler {
  const { probes, openAtNs, intervalMs, clock } = options;
  if (intervalMs <= 0 || intervalMs % peakIntervalMs !== 0) {
    throw new RangeError(`a sample interval of ${intervalMs} ms is no multiple of ${peakIntervalMs} ms`);
  }
  const cost = createCpuMeter(options.cpuUsage ?? (() => process.cpuUsage()));
  const samples: ProcessSample[] = [];
  const opened = new Map<Role, Reading>();
  const closed = new Map<Role, Reading>();
  let peakAnonBytes: number | null = null;
  let openedAtNs = openAtNs;
  let closedAtNs = openAtNs;
  let closing = false;
  let work: Promise<void> = Promise.resolve();
  let alarm = clock.at(openAtNs, () => tick(0));

  function notePeak(anonBytes: number | null): void {
    if (anonBytes !== null) peakAnonBytes = Math.max(peakAnonBytes ?? 0, anonBytes);
  }

  async function sampleAll(): Promise<Map<Role, Reading>> {
    const readings = new Map<Role, Reading>();
    for (const [role, probe] of probes) {
      const atMs = Math.round((clock.nowNs() - openAtNs) / 1e3) / 1e3;
      const reading = await probe.read();
      readings.set(role, reading);
      samples.push({ atMs, role, ...reading });
      options.onReading?.(role, atMs, reading);
      if (role === 'target') notePeak(reading.anonBytes);
    }
    return readings;
  }

  async function look(place: number): Promise<void> {
    if ((place * peakIntervalMs) % intervalMs !== 0) {
      notePeak((await probes.get('target')?.readAnonBytes()) ?? null);
      return;
    }
    const atNs = clock.nowNs();
    const readings = await sampleAll();
    if (opened.size > 0) return;
    openedAtNs = atNs;
    for (const [role, reading] of readings) opened.set(role, reading);
  }

  /** Looks follow one another; after a failed one there are none, and `end` rejects. */
  function enqueue(task: () => Promise<void>): void {
    work = work.then(() => cost.of(task));
    work.catch(() => {});
  }

  function tick(place: number): void {
    if (closing) return;
    enqueue(() => look(place));
    void work.then(
      () => {
        if (closing) return;
        const next = Math.max(place + 1, Math.ceil((clock.nowNs() - openAtNs) / (peakIntervalMs * 1e6)));
        alarm = clock.at(openAtNs + next * peakIntervalMs * 1e6, () => tick(next));
      },
      () => {},
    );
  }

  function close(): void {
    if (closing) return;
    closing = true;
    alarm.cancel();
    enqueue(async () => {
      // Closed before it opened: an empty window, but a whole record.
      if (opened.size === 0) await look(0);
      closedAtNs = clock.nowNs();
      for (const [role, reading] of await sampleAll()) closed.set(role, reading);
    });
  }

  return {
    close,
    async end() {
      close();
      await work;
      const windowMs = (closedAtNs - openedAtNs) / 1e6;
      return {
        samples,
        edges: pairEdges(opened, closed),
        windowMs,
        peakAnonBytes,
        samplingCpuMs: cost.totalMs(),
        samplingCoresUsed: windowMs === 0 ? 0 : cost.totalMs() / windowMs,
      };
    },
  };
}

function pairEdges(opened: ReadonlyMap<Role, Reading>, closed: ReadonlyMap<Role, Reading>): ReadonlyMap<Role, Edges> {
  const edges = new Map<Role, Edges>();
  for (const [role, reading] of opened) {
    const last = closed.get(role);
    if (last !== undefined) edges.set(role, { opened: reading, closed: last });
  }
  return edges;
}

/** Counts this process's CPU while tasks run: an upper bound where other work runs beside an asynchronous one. */
function createCpuMeter(cpuUsage: () => { readonly user: number; readonly system: number }): {
  of(task: () => Promise<void>): Promise<void>;
  totalMs(): number;
} {
  let totalUs = 0;
  return {
    async of(task) {
      const before = cpuUsage();
      await task();
      const after = cpuUsage();
      totalUs += after.user - before.user + after.system - before.system;
    },
    totalMs: () => totalUs / 1e3,
  };
}

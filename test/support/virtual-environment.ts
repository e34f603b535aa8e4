import assert from 'node:assert/strict';
import type { DatabaseUse } from '../../src/database/trial-database.ts';
import type { LoadResult } from '../../src/model/load-result.ts';
import type { Reading } from '../../src/probe/probe.ts';
import type {
  RunningGenerator,
  RunningTarget,
  StoppedTarget,
  TrialEnvironment,
  WindowRecord,
} from '../../src/run/trial/observations.ts';
import type { ClusterControl, ClusterState, ReportedElection } from '../../src/target/cluster-control.ts';
import { loadResult } from './load-result.ts';

/** An environment on virtual time: nothing runs, everything is written to `log` in the order it was asked for. */
export interface VirtualEnvironment extends TrialEnvironment {
  readonly log: string[];
  readonly controller: AbortController;
  /** Virtual milliseconds since the start. */
  nowMs(): number;
  killTarget(cause: string): void;
}

export interface VirtualOptions {
  readonly load?: Partial<LoadResult>;
  readonly warmUpPartCount?: number;
  /** CPU milliseconds the target spends on a request, in the n-th part of the warm-up and after. */
  readonly cpuPerRequestMs?: (part: number) => number;
  readonly window?: Partial<WindowRecord>;
  readonly databaseUse?: Partial<DatabaseUse>;
  readonly rowCount?: (sql: string, when: 'before' | 'after') => number;
  readonly stop?: Partial<StoppedTarget>;
  /** Called at the start of each phase. */
  readonly atPhase?: (phase: string, environment: VirtualEnvironment) => void;
  readonly startTarget?: () => never;
  /** Given the log to write to. */
  readonly cluster?: (note: (text: string) => void) => ClusterControl;
}

export function virtualEnvironment(options: VirtualOptions = {}): VirtualEnvironment {
  const log: string[] = [];
  const controller = new AbortController();
  const death = Promise.withResolvers<string>();
  let nowMs = 0;
  let cpuMs = 0;
  let partCount = 0;
  let measured = false;
  let stopped = false;
  const reading = (): Reading => ({
    cpuUserMs: cpuMs,
    cpuSystemMs: 0,
    anonBytes: 1_000_000,
    rssBytes: 2_000_000,
    processCount: 1,
    threadCount: 4,
    runDelayMs: 0,
  });
  const note = (text: string) => {
    log.push(text);
  };
  const target: RunningTarget = {
    pid: 1,
    url: 'http://127.0.0.1:1',
    startupMs: 123,
    probe: {
      method: 'proc',
      cpuSource: 'virtual',
      memorySource: 'virtual',
      read: async () => reading(),
      readAnonBytes: async () => reading().anonBytes,
      memoryDetail: () => Promise.reject(new Error('not asked in a trial')),
    },
    died: death.promise,
    logTail: () => 'the last words',
    limitText: () => null,
    stop: async () => {
      note('target stops');
      return { stopMs: 5, exitCode: 0, forced: false, cpuMs, ...options.stop };
    },
    dispose: async () => note('target cleaned up'),
  };
  const generator: RunningGenerator = {
    warmUpPartCount: options.warmUpPartCount ?? 12,
    warmUp: async (count) => {
      if (stopped) throw new Error('the generator was stopped');
      partCount += 1;
      cpuMs += count * (options.cpuPerRequestMs?.(partCount) ?? 1);
      note(`warm-up part of ${count}`);
      return { sentCount: count };
    },
    measure: async (startAtNs, onWindowEnd) => {
      note(`driven from ${startAtNs / 1e6} ms`);
      measured = true;
      onWindowEnd();
      return loadResult(options.load);
    },
    stop: async () => {
      stopped = true;
      note('generator stopped');
    },
  };
  const environment: VirtualEnvironment = {
    log,
    controller,
    signal: controller.signal,
    nowMs: () => nowMs,
    nowText: () => '2026-01-01T00:00:00.000Z',
    killTarget: (cause) => death.resolve(cause),
    sleepMs: async (durationMs) => {
      nowMs += durationMs;
      note(`sleep ${durationMs} ms`);
    },
    noteWatchers: () => () => false,
    onPhase(phase) {
      note(phase);
      options.atPhase?.(phase, environment);
    },
    slowdownFactor: async () => 1,
    copyDatabase: async () => {
      note('database copied');
      return {
        url: 'postgres://copy',
        count: async (sql) => options.rowCount?.(sql, measured ? 'after' : 'before') ?? 0,
        use: async () => ({ connectionCount: 9, storedSettings: [], ...options.databaseUse }),
        drop: async () => note('database dropped'),
      };
    },
    startTarget: async () => {
      options.startTarget?.();
      note('target started');
      return target;
    },
    startGenerator: async () => {
      note('generator started');
      return generator;
    },
    cluster: () => options.cluster?.(note) ?? assert.fail('not asked'),
    observeWindow: async () => {
      note('window opens');
      return {
        startAtNs: nowMs * 1e6,
        close: () => note('window closes'),
        end: async () => windowRecord({ targetCpuMs: cpuMs, ...options.window }),
      };
    },
  };
  return environment;
}

export function windowRecord(change: Partial<WindowRecord> = {}): WindowRecord {
  return {
    windowMs: 1000,
    target: { userMs: 40, systemMs: 10, runDelayMs: 2 },
    targetCpuMs: 0,
    strayProcesses: [],
    generator: { userMs: 20, systemMs: 10, runDelayMs: 1 },
    database: { userMs: 30, systemMs: 5, runDelayMs: null },
    processCount: 1,
    threadCount: 4,
    counters: null,
    samples: [],
    peakAnonBytes: 1_500_000,
    peakIncludingFileBytes: null,
    anonHugePagesBytes: 0,
    psiCpuSomeMs: 3,
    psiIoFullMs: 0,
    stealRatio: 0,
    machineCpuMs: 115,
    probe: { cpu: 'virtual', memory: 'virtual', sampleIntervalMs: 1000 },
    samplingCoresUsed: 0.001,
    ...change,
  };
}

/** A cluster that follows its orders, and notes them. */
export interface FakeControl extends ClusterControl {
  /** A new term by itself, as when a leader cannot keep up. */
  loseLeader(): void;
}

export interface FakeControlOptions {
  readonly size?: number;
  /** How long the election after each crash took; null: none came. */
  readonly electionsUs?: readonly (number | null)[];
  /** Looks at the elections until one is over. */
  readonly looksNeeded?: number;
}

export function fakeControl(note: (text: string) => void, options: FakeControlOptions = {}): FakeControl {
  const { size = 3, electionsUs = [], looksNeeded = 1 } = options;
  const elections: ReportedElection[] = [];
  const crashed = new Set<number>();
  let term = 1;
  let leader = 1;
  let lookCount = 0;
  const state = (): ClusterState => ({
    clusterSize: size,
    term,
    leader: crashed.has(leader) ? null : leader,
    oneWayDelayUs: { count: 10, p50: 1_500, p99: 4_000 },
    nodes: Array.from({ length: size }, (_, index) => ({
      id: index + 1,
      status: crashed.has(index + 1) ? ('crashed' as const) : ('live' as const),
      term: crashed.has(index + 1) ? null : term,
      leader: crashed.has(index + 1) ? null : leader,
    })),
  });
  return {
    state: async () => state(),
    loseLeader() {
      term += 1;
    },
    async crashLeader({ synchronise, laggards }) {
      const node = leader;
      const electionUs = electionsUs[elections.length] ?? null;
      note(`crash ${node}${synchronise ? ' synchronised' : ''}${laggards > 0 ? ` with ${laggards} laggards` : ''}`);
      crashed.add(node);
      lookCount = 0;
      elections.push({
        number: elections.length + 1,
        crashedAtUs: 0,
        electionUs,
        terms: electionUs === null ? null : 1,
      });
      if (electionUs !== null) {
        term += 1;
        leader = (node % size) + 1;
      }
      return node;
    },
    async restart(node) {
      note(`restart ${node}`);
      crashed.delete(node);
    },
    async electionsAfter(number) {
      lookCount += 1;
      const over = lookCount >= looksNeeded;
      return elections.filter((one) => one.number > number).map((one) => (over ? one : { ...one, electionUs: null }));
    },
  };
}

import type { Implementation } from '../../src/model/implementation.ts';
import { asDeclared, type Preparation, type RunResult, schemaVersion } from '../../src/model/run-result.ts';
import type { ScenarioEntry } from '../../src/model/scenario.ts';
import type { Trial, TrialSpec } from '../../src/model/trial.ts';
import { createRandom, shuffled } from '../../src/stats/random.ts';
import { type MeasurementShape, measurement } from './measurement.ts';

/** Synthetic results, built from the few numbers a test is about. No clock, no chance: the same call, the same result. */

export interface TrialShape extends Partial<MeasurementShape> {
  readonly implementation?: string;
  readonly workload?: string;
  readonly workloadVersion?: number;
  readonly contractVersion?: number;
  readonly temperature?: 'warm' | 'cold';
  readonly repetition?: number;
  readonly attempt?: number;
  readonly position?: number;
  readonly pair?: TrialSpec['pair'];
}

const languages: Readonly<Record<string, string>> = { node: 'TypeScript', go: 'Go', python: 'Python' };
const models: Readonly<Record<string, string>> = {
  'crud-node-async': 'event-loop',
  'crud-node-workers': 'worker-pool',
  'crud-node-threads': 'worker-threads',
  'crud-node-processes': 'processes',
  'crud-go': 'goroutines',
  'crud-python-flask': 'threads',
  'crud-python-asyncio': 'asyncio',
};

export const sevenIds: readonly string[] = Object.keys(models);

export function manifest(id: string): Implementation {
  const [service = 'crud', runtime = 'node'] = id.split('-');
  return {
    id,
    service: service as Implementation['service'],
    language: languages[runtime] ?? runtime,
    runtime: { name: runtime, versionCommand: [runtime, '--version'] },
    model: models[id] ?? 'event-loop',
    requires: [],
    sources: [`impls/${id}/**`],
    build: [],
    command: [`{${runtime}}`, `{dir}/main`],
    programs: {},
    env: {},
    limits: {},
    description: `The ${service} service of ${id}.`,
  };
}

export function ready(id: string): Preparation {
  return {
    status: 'ready',
    manifest: manifest(id),
    sourceHash: 'a1b2c3d4',
    runtimeVersion: `${id.split('-')[1]} 1.2.3`,
    buildMs: 0,
    buildCached: true,
    buildEnvironment: null,
    conformance: { status: 'passed', checkCount: 128, statementsHash: null, countedLoad: null, wire: null },
  };
}

export function skipped(id: string, reason: string, remedy: string): Preparation {
  return { status: 'skipped', manifest: manifest(id), reason, remedy };
}

export function spec(shape: TrialShape = {}): TrialSpec {
  const ratePerSec = shape.ratePerSec ?? 100;
  return {
    implementation: shape.implementation ?? 'crud-go',
    service: 'crud',
    contractVersion: shape.contractVersion ?? 1,
    workload: shape.workload ?? 'history',
    workloadVersion: shape.workloadVersion ?? 1,
    temperature: shape.temperature ?? 'warm',
    repetition: shape.repetition ?? 1,
    attempt: shape.attempt ?? 1,
    position: shape.position ?? 0,
    pair: shape.pair ?? null,
    workerCount: 2,
    databaseConnectionCount: 8,
    resourceLimit: null,
    idleMs: 2_000,
    cluster: null,
    loadPlan: { ...loadPlan, measureMs: shape.measureMs ?? 10_000, ratePerSec, seed: 1 },
  };
}

const loadPlan: ScenarioEntry['loadPlan'] = {
  arrivals: 'constant',
  steps: null,
  warmupCount: 1_000,
  warmupRatePerSec: 200,
  measureMs: 10_000,
  drainMs: 2_000,
  timeoutMs: 2_000,
  maxInFlightCount: 64,
  connectionCount: 8,
};

const startedAt = '2026-01-15T12:00:00.000Z';

function measured(shape: TrialShape) {
  return { spec: spec(shape), startedAt, measurement: measurement(shape), warnings: [] };
}

export function okTrial(shape: TrialShape & { readonly latencyDiscarded?: boolean } = {}): Trial {
  return { status: 'ok', latencyDiscarded: shape.latencyDiscarded ?? false, ...measured(shape) };
}

/**
 * `count` ok trials of one cell, spread evenly by `spreadRatio` around their median; which round has which is another order for each
 * implementation, or no error would be left beside the rounds.
 */
export function okTrials(count: number, shape: TrialShape = {}, spreadRatio = 0.01): Trial[] {
  const seed = [...(shape.implementation ?? '')].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 0);
  const order = shuffled([...Array(count).keys()], createRandom(seed).below);
  return order.map((place, index) => {
    const factor = 1 + spreadRatio * (place - (count - 1) / 2);
    return okTrial({
      ...shape,
      repetition: index + 1,
      position: index,
      cpuPerRequestMs: (shape.cpuPerRequestMs ?? 0.5) * factor,
      responseP50Ms: (shape.responseP50Ms ?? 2) * factor,
      loadedMib: (shape.loadedMib ?? 40) * factor,
      startupMs: (shape.startupMs ?? 300) * factor,
    });
  });
}

export function overloadedTrial(shape: TrialShape = {}): Trial {
  const reasons = [{ code: 'in-flight-bound', message: '212 requests could not be sent: 64 were in flight' }];
  return { status: 'overloaded', ...measured(shape), reasons };
}

export function invalidTrial(shape: TrialShape = {}): Trial {
  const reasons = [{ code: 'steal', message: 'the hypervisor took 7.1 % of the time' }];
  return { status: 'invalid', ...measured(shape), reasons };
}

export function failedTrial(shape: TrialShape = {}): Trial {
  return {
    status: 'failed',
    spec: spec(shape),
    startedAt,
    phase: 'measure',
    code: 'died',
    message: 'the target ended with exit code 1',
    logTail: 'panic: <nil> map\nmain.go:42',
    measurement: null,
    warnings: [],
  };
}

/** Its answers were wrong; everything else went well. */
export function wrongTrial(shape: TrialShape = {}): Trial {
  const message = '3 wrong answers: 3 × read: status 404';
  return { ...(failedTrial(shape) as Extract<Trial, { status: 'failed' }>), code: 'wrong-answers', message };
}

export function scenarioEntry(overrides: Partial<ScenarioEntry> = {}): ScenarioEntry {
  return {
    service: 'crud',
    workload: 'history',
    ratesPerSec: [100],
    temperature: 'warm',
    trialCount: 3,
    cluster: null,
    loadPlan: loadPlan,
    ...overrides,
  };
}

export function runResult(overrides: Partial<RunResult> = {}): RunResult {
  const trials = overrides.trials ?? [];
  const ids = [...new Set(trials.map((trial) => trial.spec.implementation))];
  return {
    schemaVersion,
    runId: '2026-01-15T12-00-00Z-0123abc-quick',
    state: 'complete',
    startedAt,
    finishedAt: '2026-01-15T12:05:00.000Z',
    command: 'npm run bench -- run quick',
    commit: { sha: '0123abcdef0123abcdef0123abcdef0123abcdef', subject: 'a commit', dirty: false },
    machine: {
      id: 'm-live',
      cpuModel: 'Example CPU 3.0 GHz',
      coreCount: 2,
      memoryBytes: 8 * 2 ** 30,
      kernel: '6.1.0',
      hypervisor: 'KVM',
      systemSettings: { 'cgroup layout': 'v2', 'huge pages': 'madvise' },
    },
    versions: { paceline: '0.1.0', node: '26.10.0' },
    scenario: {
      id: 'quick',
      description: 'One workload at one rate.',
      entries: [scenarioEntry()],
      primitives: null,
      includesOptional: false,
      idleMs: 2_000,
      workerCount: 2,
      databaseConnectionCount: 8,
      seed: 1,
    },
    ranking: asDeclared,
    workloads: [
      { service: 'crud', id: 'history', version: 1, description: 'Reads, lists, creates, replaces and deletes files.' },
    ],
    database: { kind: 'embedded', version: '18.4', settings: { synchronous_commit: 'on', shared_buffers: '128MB' } },
    implementations: ids.map(ready),
    plannedTrialCount: trials.length,
    primitiveFacts: [],
    plannedPrimitiveCount: 0,
    primitives: [],
    profiles: [],
    warnings: [],
    ...overrides,
    trials,
  };
}

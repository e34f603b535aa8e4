import type {
  OkPrimitive,
  PrimitiveFacts,
  PrimitivePlan,
  PrimitiveResult,
  PrimitiveSpec,
} from '../../src/model/primitive.ts';
import type { Preparation } from '../../src/model/run-result.ts';
import { ready } from './run-result.ts';

export interface PrimitiveShape {
  readonly implementation?: string;
  readonly primitive?: string;
  readonly caseId?: string;
  readonly size?: number | null;
  readonly repetition?: number;
}

export function primitiveProfile(overrides: Partial<PrimitivePlan> = {}): PrimitivePlan {
  return {
    ids: [],
    repetitionCount: 1,
    sampleCount: 2,
    minSampleMs: 20,
    warmupMs: 100,
    budgetMs: 1_000,
    memoryLimitBytes: 2 ** 30,
    ...overrides,
  };
}

function primitiveSpec(shape: PrimitiveShape): PrimitiveSpec {
  const { ids, repetitionCount, ...profile } = primitiveProfile();
  return {
    implementation: shape.implementation ?? 'primitives-node',
    contractVersion: 1,
    primitive: shape.primitive ?? 'spawn',
    primitiveVersion: 1,
    caseId: shape.caseId ?? 'promise',
    size: shape.size ?? null,
    repetition: shape.repetition ?? 1,
    position: 0,
    seed: 1,
    plan: profile,
  };
}

const startedAt = '2026-01-15T12:00:00.000Z';

export interface TimeShape extends PrimitiveShape {
  readonly wallNs?: number;
  readonly cpuNs?: number | null;
  readonly emptyNs?: number;
}

/** Two samples of ten operations, one a tenth above and one a tenth below the given time. */
export function timedPrimitive(shape: TimeShape = {}): OkPrimitive {
  const wallNs = shape.wallNs ?? 1_000;
  const cpuNs = shape.cpuNs === undefined ? wallNs : shape.cpuNs;
  const sample = (factor: number) => ({
    operationCount: 10,
    wallNs: wallNs * 10 * factor,
    cpuNs: cpuNs === null ? null : cpuNs * 10,
  });
  return {
    status: 'ok',
    spec: primitiveSpec(shape),
    startedAt,
    measurement: {
      kind: 'time',
      tool: 'tinybench 6.2.4',
      samples: [sample(0.9), sample(1.1)],
      emptyLoop: [{ operationCount: 10, wallNs: (shape.emptyNs ?? 1) * 10, cpuNs: 10 }],
      clockResolutionNs: 30,
      warmupOperationCount: 100,
      osThreadCount: 7,
      processCount: 1,
      check: { askedCount: 120, doneCount: 120, hash: null },
    },
  };
}

export function heldPrimitive(
  shape: PrimitiveShape & { readonly privateBytes: number; readonly osThreadCount?: number },
): OkPrimitive {
  return {
    status: 'ok',
    spec: primitiveSpec({ primitive: 'memory-tasks', ...shape }),
    startedAt,
    measurement: {
      kind: 'memory',
      privateBytes: shape.privateBytes,
      rssBytes: null,
      osThreadCount: shape.osThreadCount ?? 5,
      processCount: 1,
      probe: 'cgroup',
      startupMs: 50,
      check: null,
    },
  };
}

export function failedPrimitive(shape: PrimitiveShape): PrimitiveResult {
  const message = 'it needed more than the limit of 1024 MiB';
  return { status: 'failed', spec: primitiveSpec(shape), startedAt, code: 'out-of-memory', message, logTail: '' };
}

export function notTriedPrimitive(shape: PrimitiveShape): PrimitiveResult {
  return { status: 'not-tried', spec: primitiveSpec(shape), startedAt, reason: 'it has failed before' };
}

export function primitiveFacts(overrides: Partial<PrimitiveFacts> = {}): PrimitiveFacts {
  return {
    id: 'spawn',
    version: 1,
    title: 'Spawn and join',
    kind: 'time',
    operation: 'start one unit and wait for it',
    correctnessCheck: 'as many have counted as were started',
    sizeLabel: null,
    cases: [
      { language: 'typescript', id: 'promise', description: 'an async function' },
      { language: 'typescript', id: 'worker', description: 'a worker thread' },
      { language: 'go', id: 'goroutine', description: 'a goroutine' },
      { language: 'python', id: 'thread', description: 'a thread' },
    ],
    ...overrides,
  };
}

/** The three runners, ready. */
export function primitiveRunners(): Preparation[] {
  return ['primitives-node', 'primitives-go', 'primitives-python'].map(ready);
}

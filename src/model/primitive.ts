import { z } from 'zod';
import { instant } from './load-result.ts';

/** Languages that have a runner: the `language` of its manifest. */
export type PrimitiveLanguage = 'typescript' | 'go' | 'python';

/** One way a language does the primitive. */
export interface PrimitiveCase {
  readonly id: string;
  /** In a few words, for people: "queue.Queue between two threads". */
  readonly description: string;
}

/**
 * time: wall and CPU time of an operation, by the runner's own tool. lateness: how late a timer fires, as `wallNs`.
 * memory: private memory while the runner waits, read by the harness. start: from spawn to exit, timed by the harness.
 */
type PrimitiveKind = 'time' | 'lateness' | 'memory' | 'start';

/** What is measured of a unit of concurrency, as a declaration in bench/primitives/<id>.ts, exported under the name `primitive`. */
export interface Primitive {
  readonly id: string;
  /** Its place in reports and runs. */
  readonly order: number;
  /** Part of every comparison: results of different versions are not comparable. */
  readonly version: number;
  readonly title: string;
  readonly kind: PrimitiveKind;
  /** What one operation is. */
  readonly operation: string;
  /** What makes a result count. */
  readonly correctnessCheck: string;
  /** What `SIZE` counts; null: the primitive has no size. */
  readonly sizeLabel: string | null;
  /** In ascending order; for memory, 0 is the baseline that is taken off. Empty: no size. */
  readonly sizes: readonly number[];
  readonly cases: Readonly<Record<PrimitiveLanguage, readonly PrimitiveCase[]>>;
  /** The operation sorts DATA_FILE: its result's hash is known beforehand. */
  readonly usesData: boolean;
  /** The manifest's `programs` entry that is run instead of `command`, by case; null: always `command`. */
  readonly programs: Readonly<Record<string, string>> | null;
}

const count = z.int().nonnegative();

/** How a primitive is measured: the same for every case of a run. */
export const primitivePlanSchema = z.strictObject({
  /** Ids of primitives; empty: all that are declared. */
  ids: z.array(z.string()),
  /** Fresh processes of each case: the unit of every range. */
  repetitionCount: z.int().positive(),
  sampleCount: z.int().positive(),
  /** Minimum duration of one sample. */
  minSampleMs: z.number().positive(),
  warmupMs: z.number().nonnegative(),
  /** No sample begins later than this after a runner's start. */
  budgetMs: z.number().positive(),
  /** What a case may use before it is ended: the largest size that stayed below is the result. */
  memoryLimitBytes: z.number().positive(),
});

const primitiveSpecSchema = z.strictObject({
  implementation: z.string(),
  contractVersion: z.int().positive(),
  primitive: z.string(),
  primitiveVersion: z.int().positive(),
  caseId: z.string(),
  /** null: the primitive has no size. */
  size: count.nullable(),
  /** 1 … repetitionCount. */
  repetition: z.int().positive(),
  /** Position in the interleaved order of the run. */
  position: count,
  seed: count,
  plan: primitivePlanSchema.omit({ ids: true, repetitionCount: true }),
});

/** So many operations back to back. */
export const primitiveSampleSchema = z.strictObject({
  operationCount: z.int().positive(),
  /** Of a timer's drift: what the rounds took beyond their due time, which may be a little below zero. */
  wallNs: z.number(),
  /** Of all processes that take part; null where the system cannot tell. */
  cpuNs: z.number().nonnegative().nullable(),
});

export const primitiveCheckSchema = z.strictObject({
  askedCount: count,
  doneCount: count,
  /** Of what was sorted; else null. */
  hash: z.string().nullable(),
});

const timing = {
  /** The runner's own tool, such as "tinybench 6.2.4"; "paceline" where the harness times by itself. */
  tool: z.string(),
  samples: z.array(primitiveSampleSchema).min(1),
  /** The same loop with the operation taken out. */
  emptyLoop: z.array(primitiveSampleSchema),
  /** The least step its clock was seen to make; null where nothing was timed by a runner. */
  clockResolutionNs: z.number().positive().nullable(),
  warmupOperationCount: count,
  osThreadCount: z.int().positive().nullable(),
  processCount: z.int().positive().nullable(),
};

/** What a primitive cost in one fresh process. */
const primitiveMeasurementSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('time'), ...timing, check: primitiveCheckSchema.nullable() }),
  z.strictObject({
    kind: z.literal('memory'),
    /** Of all processes that take part, while they wait: the same probes as for services. */
    privateBytes: z.number().nonnegative(),
    rssBytes: z.number().nonnegative().nullable(),
    /** As the probe saw it. */
    osThreadCount: z.int().positive().nullable(),
    processCount: z.int().positive().nullable(),
    probe: z.string(),
    /** From the start until it said it was ready. */
    startupMs: z.number().nonnegative(),
    check: primitiveCheckSchema.nullable(),
  }),
]);

/** What a primitive was at the time: enough for a reader who does not have its declaration. */
export const primitiveFactsSchema = z.strictObject({
  id: z.string(),
  version: z.int().positive(),
  title: z.string(),
  kind: z.enum(['time', 'lateness', 'memory', 'start']),
  operation: z.string(),
  correctnessCheck: z.string(),
  sizeLabel: z.string().nullable(),
  cases: z.array(z.strictObject({ language: z.string(), id: z.string(), description: z.string() })),
});

/** Why a case has no figure. `out-of-memory` and `timed-out` end a case's sizes: the largest that worked is the result. */
const primitiveFailureCodes = [
  'wrong-result',
  'out-of-memory',
  'timed-out',
  'died',
  'bad-output',
  'cannot-spawn',
] as const;

export const primitiveResultSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ok'),
    spec: primitiveSpecSchema,
    startedAt: instant,
    measurement: primitiveMeasurementSchema,
  }),
  z.strictObject({
    status: z.literal('failed'),
    spec: primitiveSpecSchema,
    startedAt: instant,
    code: z.enum(primitiveFailureCodes),
    message: z.string(),
    logTail: z.string(),
  }),
  /** unsupported: the runner says that its machine or version cannot do it. not-tried: a smaller size has failed before. */
  z.strictObject({
    status: z.enum(['unsupported', 'not-tried']),
    spec: primitiveSpecSchema,
    startedAt: instant,
    reason: z.string(),
  }),
]);

export type PrimitiveFacts = z.infer<typeof primitiveFactsSchema>;
export type PrimitivePlan = z.infer<typeof primitivePlanSchema>;
export type PrimitiveSpec = z.infer<typeof primitiveSpecSchema>;
export type PrimitiveSample = z.infer<typeof primitiveSampleSchema>;
export type PrimitiveCheck = z.infer<typeof primitiveCheckSchema>;
export type PrimitiveMeasurement = z.infer<typeof primitiveMeasurementSchema>;
export type PrimitiveFailureCode = (typeof primitiveFailureCodes)[number];
export type PrimitiveResult = z.infer<typeof primitiveResultSchema>;
export type OkPrimitive = Extract<PrimitiveResult, { status: 'ok' }>;

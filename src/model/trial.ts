import { z } from 'zod';
import { clusterMeasurementSchema, clusterSpecSchema } from './cluster.ts';
import { instant, measuredLoadSchema } from './load-result.ts';
import { loadPlanSchema } from './scenario.ts';
import { warningSchema } from './warning.ts';

const ms = z.number().nonnegative();
const bytes = z.number().nonnegative();
const ratio = z.number().nonnegative();

const roleSchema = z.enum(['target', 'generator', 'database']);

/** One look at the process tree of one role. Counters grow from the start of the role's process group. */
export const processSampleSchema = z.strictObject({
  /** Milliseconds since the measured window opened (negative before). */
  atMs: z.number(),
  role: roleSchema,
  processCount: z.int().nonnegative().nullable(),
  threadCount: z.int().nonnegative().nullable(),
  cpuUserMs: z.number().nonnegative(),
  cpuSystemMs: z.number().nonnegative(),
  /** Private memory: anonymous + shared anonymous pages. */
  anonBytes: bytes.nullable(),
  rssBytes: bytes.nullable(),
  /** Time spent runnable but waiting for a core, summed over threads. */
  runDelayMs: z.number().nonnegative().nullable(),
});

export type Role = z.infer<typeof roleSchema>;
export type ProcessSample = z.infer<typeof processSampleSchema>;

/** The phases of a trial, in their order. */
export const phases = [
  'copy-database',
  'start',
  'idle',
  'connect',
  'warm-up',
  'measure',
  'after-load',
  'invariants',
  'stop',
] as const;
const phaseSchema = z.enum(phases);
export type Phase = z.infer<typeof phaseSchema>;

const trialSpecSchema = z.strictObject({
  implementation: z.string(),
  service: z.string(),
  contractVersion: z.int().positive(),
  workload: z.string(),
  workloadVersion: z.int().positive(),
  temperature: z.enum(['warm', 'cold']),
  /** 1 … trialCount of this cell. */
  repetition: z.int().positive(),
  /** 1 is the first; flagged trials are repeated at most twice and both are kept. */
  attempt: z.int().positive(),
  /** Position in the interleaved order of the run. */
  position: z.int().nonnegative(),
  /** The trial of the other commit that was made next to this one has the same pair; null: made for no comparison. */
  pair: z.strictObject({ sessionId: z.string().min(1), number: z.int().positive() }).nullable(),
  workerCount: z.int().positive(),
  databaseConnectionCount: z.int().positive(),
  resourceLimit: z
    .strictObject({ cpuCount: z.number().positive().nullable(), memoryBytes: bytes.nullable() })
    .nullable(),
  idleMs: ms,
  /** null: the service is no cluster. */
  cluster: clusterSpecSchema.nullable(),
  loadPlan: loadPlanSchema,
});

/** CPU of one role over the measured window. */
const roleCpuSchema = z.strictObject({
  userMs: ms,
  systemMs: ms,
  totalMs: ms,
  /** Cores kept busy on average. */
  coresUsed: ratio,
  /** totalMs ÷ requests sent; null when none was. */
  perRequestMs: ms.nullable(),
});

const memorySchema = z.strictObject({
  /** Ready, never asked anything but health. Private memory (anon + shmem), as the following three. */
  idleBytes: bytes.nullable(),
  /** Median over the measured window. */
  medianBytes: bytes.nullable(),
  /** Maximum of the 10 Hz samples of the measured window. */
  peakBytes: bytes.nullable(),
  /** After the drain. */
  afterDrainBytes: bytes.nullable(),
  /** Context: counts shared pages once per process. */
  rssMedianBytes: bytes.nullable(),
  /** The kernel's own peak, file pages included; null where it keeps none. */
  peakIncludingFileBytes: bytes.nullable(),
  anonHugePagesBytes: bytes.nullable(),
  /** How private memory changes towards the window's end, with its 95 % interval; null: too few samples to say. */
  growth: z
    .strictObject({ bytesPerSec: z.number(), lowBytesPerSec: z.number(), highBytesPerSec: z.number() })
    .nullable(),
});

const trialNoiseSchema = z.strictObject({
  /** Run-queue delay of the role's threads ÷ window. */
  targetRunDelayRatio: ratio.nullable(),
  generatorRunDelayRatio: ratio.nullable(),
  /** Time in which some task of the machine waited for a core, within the window. */
  psiCpuSomeMs: ms.nullable(),
  /** Time in which every task that could have run waited for the disk, within the window. */
  psiIoFullMs: ms.nullable(),
  stealRatio: ratio.nullable(),
  /** Duration of a fixed spin before the trial ÷ this machine's reference; 1 is quiet. */
  slowdownFactor: ratio.nullable(),
  /** CPU of no role (kernel threads, neighbours) ÷ all CPU used in the window. */
  otherProcessesCpuRatio: ratio.nullable(),
});

const probeMethodSchema = z.strictObject({
  cpu: z.string(),
  memory: z.string(),
  sampleIntervalMs: ms,
  /** What sampling itself cost, in cores. */
  samplingCoresUsed: ratio.nullable(),
});

const eventCount = z.int().nonnegative().nullable();

/** What the kernel counted of the target over the window; a count is null where it does not tell. */
const countersSchema = z.strictObject({
  /** It waited for something … */
  voluntarySwitchCount: eventCount,
  /** … or its core was taken away. */
  involuntarySwitchCount: eventCount,
  /** Page faults: without and with reading the disk. */
  minorFaultCount: eventCount,
  majorFaultCount: eventCount,
  /** Open at the window's end. */
  descriptorCount: eventCount,
  /** Where the counts are from, and what they cannot see. */
  source: z.string(),
});

const measurementSchema = z.strictObject({
  /** null: nothing was asked (a rate of 0). */
  load: measuredLoadSchema.nullable(),
  cluster: clusterMeasurementSchema.nullable(),
  windowMs: ms,
  cpu: z.strictObject({
    /** null: whose CPU it is was not said: it ran already, or the load was imported. */
    target: roleCpuSchema.nullable(),
    generator: roleCpuSchema.nullable(),
    database: roleCpuSchema.nullable(),
  }),
  /** Target's CPU while idle (no request but health), milliseconds per second. */
  idleCpuMsPerSec: ms.nullable(),
  /** CPU of the target from the window's end to its exit, beyond what it uses while idle; null: not known. */
  deferredCpuMs: ms.nullable(),
  memory: memorySchema,
  processCount: z.int().nullable(),
  threadCount: z.int().nullable(),
  /** null: not counted on this machine, or by the version that wrote the file. */
  counters: countersSchema.nullable(),
  /** null: it ran already, or the load was imported. */
  startupMs: ms.nullable(),
  stopMs: ms.nullable(),
  /** Whether CPU per request had stopped falling at the end of the warm-up (run/trial/warm-up.ts); null: no warm-up, or not known. */
  warmupConverged: z.boolean().nullable(),
  warmupSentCount: z.int().nonnegative(),
  noise: trialNoiseSchema,
  /** null: imported, and nobody looked at the target. */
  probe: probeMethodSchema.nullable(),
  samples: z.array(processSampleSchema),
});

const measuredFields = {
  spec: trialSpecSchema,
  startedAt: instant,
  measurement: measurementSchema,
  warnings: z.array(warningSchema),
};
const statusReasonsSchema = z.array(z.strictObject({ code: z.string(), message: z.string() })).min(1);

export const trialSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ok'),
    ...measuredFields,
    /** The generator's delay was too large for these latencies; CPU and memory stand. */
    latencyDiscarded: z.boolean(),
  }),
  /** The target did not hold the rate: a result, never ranked by latency. */
  z.strictObject({ status: z.literal('overloaded'), ...measuredFields, reasons: statusReasonsSchema }),
  /** The generator's or the machine's fault: never compared. */
  z.strictObject({ status: z.literal('invalid'), ...measuredFields, reasons: statusReasonsSchema }),
  /** Wrong answers, death, never ready: a result. `measurement` as far as it got. */
  z.strictObject({
    status: z.literal('failed'),
    spec: trialSpecSchema,
    startedAt: instant,
    phase: phaseSchema,
    code: z.string(),
    message: z.string(),
    logTail: z.string(),
    measurement: measurementSchema.nullable(),
    warnings: z.array(warningSchema),
  }),
]);

export type TrialSpec = z.infer<typeof trialSpecSchema>;
export type RoleCpu = z.infer<typeof roleCpuSchema>;
export type TrialNoise = z.infer<typeof trialNoiseSchema>;
export type Measurement = z.infer<typeof measurementSchema>;
export type Trial = z.infer<typeof trialSchema>;
export type OkTrial = Extract<Trial, { status: 'ok' }>;

/** How many trials of the plan were made: one that was tried again is one. */
export function madeTrialCount(trials: readonly Trial[]): number {
  return trials.filter(({ spec }) => spec.attempt === 1).length;
}

/** The trials of one cell whose figures stand: of each repetition its last ok attempt. */
export function countedTrials(trials: readonly Trial[]): OkTrial[] {
  return finalAttempts(trials.filter((trial) => trial.status === 'ok'));
}

/** What became of each repetition in the end: its last attempt. */
export function finalAttempts<T extends Trial>(trials: readonly T[]): T[] {
  const byRepetition = new Map<number, T>();
  for (const trial of trials) {
    const best = byRepetition.get(trial.spec.repetition);
    if (best === undefined || trial.spec.attempt >= best.spec.attempt) byRepetition.set(trial.spec.repetition, trial);
  }
  return [...byRepetition.values()];
}

/**
 * Failures by which a target is wrong and not merely slow or broken: what it answered or stored, or that it does its work where
 * nobody counts it. Once is enough: such an implementation is not ranked.
 */
const incorrectCodes: readonly string[] = [
  'wrong-answers',
  'rows-disagree',
  'deferred-work',
  'process-left',
  'database-budget',
];

export function isIncorrect(trial: Trial): boolean {
  return trial.status === 'failed' && incorrectCodes.includes(trial.code);
}

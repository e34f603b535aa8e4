import { z } from 'zod';
import { implementationSchema } from './implementation.ts';
import { instant } from './load-result.ts';
import { primitiveFactsSchema, primitiveResultSchema } from './primitive.ts';
import { profileSchema } from './profile.ts';
import { scenarioSchema } from './scenario.ts';
import { trialSchema } from './trial.ts';
import { warningSchema } from './warning.ts';

export const schemaVersion = 5;

/** Where it ran. Two results are comparable only when `id` and every system setting agree. */
export const machineSchema = z.strictObject({
  /** Hash of CPU model, cores, memory and kernel: never a host name. */
  id: z.string(),
  cpuModel: z.string(),
  coreCount: z.int().positive(),
  memoryBytes: z.number().positive(),
  kernel: z.string(),
  hypervisor: z.string().nullable(),
  /** Settings that few know of and that change numbers: huge pages, IRQ time accounting, cgroup layout, governor … */
  systemSettings: z.record(z.string(), z.string()),
});

/** What an implementation did to its database under a load that nobody ranks. */
const countedLoadSchema = z.strictObject({
  requestCount: z.int().nonnegative(),
  /** null: this database cannot count them. */
  statementsPerRequest: z.number().nonnegative().nullable(),
  minStatementsPerRequest: z.number().nonnegative(),
  maxStatementsPerRequest: z.number().nonnegative(),
  maxConnectionCount: z.int().nonnegative(),
  connectionLimit: z.int().nonnegative(),
  /** `name=value` of its sessions, its role or its database; null: could not be read. */
  changedSettings: z.array(z.string()).nullable(),
});

/** One answer as it came over the wire. */
const wireAnswerSchema = z.strictObject({
  name: z.string(),
  status: z.int(),
  /** In lower case, sorted. */
  headerNames: z.array(z.string()),
  bodyBytes: z.int().nonnegative(),
});

export type WireAnswer = z.infer<typeof wireAnswerSchema>;

const conformanceSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('passed'),
    checkCount: z.int().nonnegative(),
    /** Of the texts that it sent to the database meanwhile, however often; null: not known, or it has no database. */
    statementsHash: z.string().nullable(),
    /** null: not counted. */
    countedLoad: countedLoadSchema.nullable(),
    /** null: not observed. */
    wire: z.array(wireAnswerSchema).nullable(),
  }),
  z.strictObject({ status: z.literal('failed'), checkCount: z.int().nonnegative(), failures: z.array(z.string()) }),
]);

/** What of the user's environment a build saw: names alone, because values hold hosts and passwords. */
const buildEnvironmentSchema = z.strictObject({
  /** Hash of the values let through and of what the tools said of themselves: the same hash, the same surroundings. */
  hash: z.string(),
  /** How tools reach packages. */
  letThrough: z.array(z.string()),
  /** Set by the user, known to change builds, and kept from the tools. */
  ignored: z.array(z.string()),
});

/** What became of an implementation before its trials. */
const preparationSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ready'),
    manifest: implementationSchema,
    sourceHash: z.string(),
    runtimeVersion: z.string(),
    buildMs: z.number().nonnegative(),
    buildCached: z.boolean(),
    /** null: nothing is built, or not known. */
    buildEnvironment: buildEnvironmentSchema.nullable(),
    conformance: conformanceSchema,
  }),
  /** Not started by paceline: its trials were imported. */
  z.strictObject({ status: z.literal('imported'), manifest: implementationSchema }),
  z.strictObject({
    status: z.literal('skipped'),
    manifest: implementationSchema,
    reason: z.string(),
    remedy: z.string(),
  }),
  z.strictObject({
    status: z.literal('failed'),
    manifest: implementationSchema,
    code: z.string(),
    message: z.string(),
    logTail: z.string(),
  }),
]);

const databaseRecordSchema = z.strictObject({
  kind: z.enum(['embedded', 'external']),
  version: z.string(),
  settings: z.record(z.string(), z.string()),
});

/** What a workload was at the time: enough for a reader who does not have its declaration. */
const workloadRecordSchema = z.strictObject({
  service: z.string(),
  id: z.string(),
  version: z.int().positive(),
  description: z.string(),
});

/** Rounds that go on until the intervals of CPU per request are narrow enough, whatever they say. */
const openRoundsSchema = z.strictObject({
  /** What the widest interval of any question may reach above its ratio. */
  halfWidthRatio: z.number().positive(),
  timeBudgetMs: z.number().positive(),
  /** null: they have not ended. */
  ended: z
    .strictObject({
      reason: z.enum(['half-width', 'time-budget', 'round-count']),
      roundCount: z.int().positive(),
      /** What was reached; null: a question could not be ranked. */
      halfWidthRatio: z.number().nonnegative().nullable(),
    })
    .nullable(),
});

/** How the implementations are ranked, as far as the user chose it. */
const rankingPlanSchema = z.strictObject({
  /** The implementation that the others are compared with; null: all with all, as far as their number allows. */
  against: z.string().nullable(),
  /** null: as many rounds as the scenario says. */
  until: openRoundsSchema.nullable(),
});

/** One run of one scenario: written again, whole, after each trial. */
export const runResultSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  runId: z.string(),
  /** complete: every planned trial is there; running: being written, or cut off by a crash; interrupted: by a signal. */
  state: z.enum(['running', 'complete', 'interrupted']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  /** The command that repeats this run. */
  command: z.string(),
  commit: z.strictObject({ sha: z.string(), subject: z.string(), dirty: z.boolean() }).nullable(),
  machine: machineSchema,
  versions: z.record(z.string(), z.string()),
  scenario: scenarioSchema,
  ranking: rankingPlanSchema,
  workloads: z.array(workloadRecordSchema),
  database: databaseRecordSchema.nullable(),
  implementations: z.array(preparationSchema),
  plannedTrialCount: z.int().nonnegative(),
  trials: z.array(trialSchema),
  primitiveFacts: z.array(primitiveFactsSchema),
  plannedPrimitiveCount: z.int().nonnegative(),
  primitives: z.array(primitiveResultSchema),
  /** Of trials that are in no other list: a profiler slows what it watches. */
  profiles: z.array(profileSchema),
  warnings: z.array(warningSchema),
});

export type Machine = z.infer<typeof machineSchema>;
/** All with all, in as many rounds as the scenario says. */
export const asDeclared: z.infer<typeof rankingPlanSchema> = { against: null, until: null };

export type OpenRounds = z.infer<typeof openRoundsSchema>;
export type RankingPlan = z.infer<typeof rankingPlanSchema>;
export type Preparation = z.infer<typeof preparationSchema>;
export type CountedLoadRecord = z.infer<typeof countedLoadSchema>;
export type RunResult = z.infer<typeof runResultSchema>;

import { z } from 'zod';

export const programArguments = z.array(z.string().min(1)).min(1);

const requirementSchema = z.strictObject({
  program: z.string().min(1),
  /** Least version, compared number by number. */
  atLeast: z.string().regex(/^\d+(\.\d+)*$/),
  versionCommand: programArguments,
  remedy: z.string().min(1),
});

/** The same program under other settings: a row of its own in a run that asks for it, with the id `<id>@<name>`. */
export const variantSchema = z.strictObject({
  /** Environment of the program, over the manifest's. */
  env: z.record(z.string(), z.string()).optional(),
  /** Environment of the build: another one is another build. */
  buildEnv: z.record(z.string(), z.string()).optional(),
  /** Inserted after the first word of `command`: what the runtime itself is told. */
  runtimeArguments: programArguments.optional(),
  /** Rows of the finder table that placeholders stand for, as {"node": "node-22"}. */
  runtimes: z.record(z.string(), z.string()).optional(),
  /** Instead of the scenario's (WORKERS). */
  workerCount: z.int().positive().optional(),
  description: z.string().min(1),
});

/** How a user names a program that runs already. */
const programNameSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pid'), pid: z.int().positive() }),
  z.strictObject({ kind: z.literal('cgroup'), path: z.string().min(1) }),
  z.strictObject({ kind: z.literal('container'), name: z.string().min(1) }),
]);

export type ProgramName = z.infer<typeof programNameSchema>;

const profilerSignal = z.enum(['SIGUSR1', 'SIGUSR2']);

/** How `--profile` watches it: its language's own sampling profiler, which writes files of one format into the folder {profile}. */
const profilerSchema = z.strictObject({
  /** cpuprofile: V8's; pprof: a gzipped profile.proto; collapsed: lines of "outer;inner count". */
  format: z.enum(['cpuprofile', 'pprof', 'collapsed']),
  /** In the place of the manifest's `build`. */
  build: z.array(programArguments).optional(),
  /** Inserted after the first word of `command`. */
  runtimeArguments: programArguments.optional(),
  /** Over the manifest's. */
  env: z.record(z.string(), z.string()).optional(),
  /** Sent to the program when the window opens and when it ends; none: it profiles from its start to its exit. */
  signals: z.strictObject({ open: profilerSignal, close: profilerSignal }).optional(),
  /** A program that watches {pid} at {hz}, says something when it has begun, and ends on SIGINT. */
  attach: programArguments.optional(),
});

/** impl.json: one program that implements a service. Unknown keys are refused. */
export const implementationSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*(@[a-z0-9][a-z0-9.-]*)?$/, 'lower-case words joined by hyphens'),
  service: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case words joined by hyphens'),
  language: z.string().min(1),
  runtime: z.strictObject({ name: z.string().min(1), versionCommand: programArguments }),
  /** The concurrency model: event-loop, worker-pool, worker-threads, processes, goroutines, threads, asyncio … */
  model: z.string().min(1),
  requires: z.array(requirementSchema),
  /** Globs relative to the repository root: the key of the build cache and of "affected by this change". */
  sources: z.array(z.string().min(1)).min(1),
  build: z.array(programArguments),
  /** What is built holds only for sources at this very path: {build} is in their checkout, not in the cache that checkouts share. */
  buildInCheckout: z.boolean().optional(),
  /** Asks the runtime, with the program's own environment, whether it uses what was built: exit code 0, else why not. */
  buildCheck: programArguments.optional(),
  /** Empty: it runs already. */
  command: z.array(z.string().min(1)),
  /** Of a config alone: somebody else has started it. */
  running: z
    .strictObject({
      /** As the config has it, `{env:NAME}` and all. */
      url: z.string().min(1),
      /** Whose CPU and memory are read; null: nobody said, and there are none. */
      program: programNameSchema.nullable(),
    })
    .optional(),
  /** What its commands change in their own folder is not kept: it is built each time. */
  buildInPlace: z.boolean().optional(),
  /** When it counts as started; none: GET /health answers 200. */
  readiness: z
    .strictObject({
      path: z.string(),
      /** null: any below 500. */
      status: z.int().nullable(),
      limitMs: z.number().positive(),
    })
    .optional(),
  /** The one port that it can listen on; none: it is told one in PORT. */
  fixedPort: z.int().positive().optional(),
  /** It may end on SIGTERM with any exit code; else with 0. */
  anyExitCode: z.boolean().optional(),
  /** Other programs of the same build by name: a primitives runner's empty ones. */
  programs: z.record(z.string(), programArguments).default({}),
  env: z.record(z.string(), z.string()),
  /** Named upper bounds, such as the largest cluster. */
  limits: z.record(z.string(), z.number()),
  description: z.string().min(1),
  /** Measured only where it is asked for: by name, by its runtime, or by a scenario that includes all. */
  optional: z.boolean().optional(),
  profile: profilerSchema.optional(),
  variants: z.record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), variantSchema).optional(),
  /** Of a variant alone, which is made and not written: the id of the implementation that it varies. */
  variantOf: z.string().optional(),
  buildEnv: z.record(z.string(), z.string()).optional(),
  workerCount: z.int().positive().optional(),
});

export type Variant = z.infer<typeof variantSchema>;
export type Profiler = z.infer<typeof profilerSchema>;
export type Requirement = z.infer<typeof requirementSchema>;
export type Implementation = z.infer<typeof implementationSchema>;

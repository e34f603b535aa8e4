import { z } from 'zod';
import { variantSchema } from '../model/implementation.ts';

const positive = z.number().positive();
const count = z.int().nonnegative();
const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case words joined by hyphens, as "api" or "list-items"');
const placeholder = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'a word of letters, digits and underscores')
  .refine((word) => !(word in Object.prototype), 'a name that every object of JavaScript has: choose another');

/** Sent as it stands, where a space would end it. */
const requestPath = z
  .string()
  .regex(/^\/[!-"$-~]*$/, 'it begins with / and is ASCII without spaces and #: write others percent-encoded, as %20');

const command = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe(
    'A program and its arguments as a list, or one line for the shell. {port}, {host}, {build}, {dir} and {node} are filled in.',
  );
const commands = z
  .union([z.string().min(1), z.array(command).min(1)])
  .describe('One line for the shell, or a list of commands that run one after another.');

const readySchema = z.strictObject({
  path: requestPath.default('/').describe('Asked until it answers.'),
  status: z.int().min(100).max(599).optional().describe('The status that means ready; none: any below 500.'),
  timeoutSec: positive.max(600).default(30),
});

const programSchema = z
  .union([
    z.strictObject({ pid: z.int().positive() }).describe('A process with all it started.'),
    z.strictObject({ cgroup: z.string().min(1) }).describe('A control group, as in /proc/PID/cgroup or by its folder.'),
    z.strictObject({ container: z.string().min(1) }).describe('A Docker container.'),
  ])
  .describe('Whose CPU and memory are read; none: there are none.');

const targetSchema = z.strictObject({
  name: name.describe('Its row in every table.'),
  description: z.string().min(1).optional(),
  extends: name.optional().describe('Another target, of which this one changes only what it names: a variant.'),
  build: commands
    .optional()
    .describe('Run in `cwd` before the target starts. {build} is a folder of its own for what it makes.'),
  command: command
    .optional()
    .describe('Stays in the foreground and listens on HOST and PORT, which are {host} and {port}.'),
  url: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Instead of `command`: where it runs already, as http://127.0.0.1:8080. It is not started and not stopped.',
    ),
  remote: z.literal(true).optional().describe('`url` may name another machine: load on it is asked for.'),
  program: programSchema.optional(),
  variants: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'as "gogc50" or "22"'), variantSchema)
    .optional()
    .describe('Rows <name>@<variant> of a run that asks for them: `run --variants GLOB`.'),
  cwd: z.string().optional().describe('Relative to the config.'),
  env: z.record(z.string(), z.string()).optional().describe('{env:NAME} takes a secret from your environment.'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('Where it cannot be told one: the port that it always listens on.'),
  ready: readySchema.optional(),
  sources: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Globs relative to the config: what a commit must change for `ci` to measure it. None: everything in `cwd`.',
    ),
  runtime: z
    .strictObject({ name: z.string().min(1), versionCommand: z.array(z.string().min(1)).min(1) })
    .optional()
    .describe('What executes it, as { name: "go", versionCommand: ["go", "version"] }: part of the result.'),
});

const databaseSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z
      .literal('postgres')
      .describe('An embedded PostgreSQL 18; each trial gets a fresh copy in DATABASE_URL, {databaseUrl}.'),
    schema: z.string().optional().describe('An SQL file, relative to the config.'),
    prepare: commands.optional().describe('Fills the database once, with DATABASE_URL set: migrations, seed data.'),
  }),
  z.strictObject({
    kind: z.literal('url').describe('A database of your own.'),
    url: z.string().min(1).describe('{env:NAME} takes it from your environment.'),
    reset: command.optional().describe('Run before each trial, with DATABASE_URL set.'),
  }),
]);

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Each has a step of its own in a table. */
const maxZipfCount = 1_000_000;

const parameterSchema = z.union([
  z
    .strictObject({ int: z.tuple([z.int(), z.int()]) })
    .describe('A whole number from the first to the second, each equally likely.'),
  z
    .strictObject({
      zipf: z.int().positive().max(maxZipfCount),
      exponent: positive.default(1),
      first: z.int().default(1),
    })
    .describe('One of so many whole numbers; the k-th is drawn as often as 1/k^exponent.'),
  z.strictObject({ uuid: z.literal(true) }).describe('A random UUID, the same for the same seed.'),
  z.strictObject({ sequence: z.int().default(1) }).describe('Counts up from it, once for each request.'),
  z.strictObject({ list: z.array(scalar).min(1) }).describe('One of them, each equally likely.'),
  z
    .strictObject({ csv: z.string(), column: z.string() })
    .describe('One value of that column of a CSV file with a header line.'),
  z
    .strictObject({ captured: placeholder, take: z.boolean().default(false) })
    .describe('A value that an answer was captured from; with take, each only once.'),
]);

const captureSchema = z.union([
  z.strictObject({ json: z.string() }).describe('A path as data.items.0.id; * takes all of a list.'),
  z
    .strictObject({ header: z.string().min(1), match: z.string().optional() })
    .describe('A header, or the first group of a regular expression in it.'),
]);

const requestSchema = z.strictObject({
  name: name.optional().describe('None: made of method and path.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: requestPath.describe('With its query; {name} is filled in.'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional().describe('As it is sent; {name} is filled in where the name is known.'),
  json: z
    .json()
    .optional()
    .describe('Sent as JSON; a string that is {name} alone becomes the value, numbers as numbers.'),
  params: z.record(placeholder, parameterSchema).default({}),
  weight: z.number().nonnegative().default(1).describe('How often it is drawn, relative to the others.'),
  expect: z
    .strictObject({
      status: z.union([z.int().min(100).max(599), z.array(z.int().min(100).max(599)).min(1)]).optional(),
      json: z.record(z.string(), scalar).default({}).describe('A value by its path; a string may hold {name}.'),
    })
    .default({ json: {} })
    .describe('What is right: any 2xx unless it says otherwise.'),
  capture: z
    .record(placeholder, captureSchema)
    .default({})
    .describe('Values of the answer, by the name that others use them under.'),
});

const loadSchema = z.strictObject({
  rates: z.array(positive).min(1).default([50]).describe('Requests per second in all; each is a question of its own.'),
  trials: z.int().positive().default(5).describe('Fresh processes for each target and rate.'),
  durationSec: positive.default(10),
  warmupCount: count.default(500).describe('Requests before the measurement, which do not count.'),
  warmupRate: positive.optional().describe('None: the lowest of the rates.'),
  timeoutSec: positive.default(5),
  connections: z.int().positive().default(32),
  arrivals: z.enum(['constant', 'poisson']).default('constant'),
  idleSec: z.number().nonnegative().default(1).describe('How long the ready target is watched before the load.'),
  seed: count.default(20_260_101),
});

/** paceline.config.ts, .js or .json: what `defineConfig` takes. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  service: name.optional().describe('None: the name of the folder.'),
  targets: z.array(targetSchema).min(1).describe('What is compared: rows of one table.'),
  database: databaseSchema.optional(),
  setUp: z
    .array(requestSchema)
    .default([])
    .describe('Sent once, in this order, before the load: log in, create what is read.'),
  requests: z.array(requestSchema).default([]),
  contract: z
    .strictObject({
      dir: z.string().min(1).describe('A folder, relative to the config, with vectors/*.json.'),
      variables: z
        .record(z.string().regex(/^\w+$/), z.string())
        .default({})
        .describe(`What vectors name as \${NAME}; {env:NAME} takes a secret from your environment.`),
    })
    .optional()
    .describe('What every target must answer alike before it is measured.'),
  workload: z.string().optional().describe('Instead of `requests`: a module of your own that exports `workload`.'),
  load: loadSchema.prefault({}),
  limit: z
    .strictObject({ cpuCount: positive.optional(), memoryMiB: positive.optional() })
    .optional()
    .describe('What each target may use.'),
  gate: z.string().optional().describe('A module that exports `gate`, as bench/gate.ts of paceline.'),
});

/** As a user writes it. */
export type Config = z.input<typeof configSchema>;
/** With all that was left out. */
export type CheckedConfig = z.output<typeof configSchema>;
export type ConfigTarget = CheckedConfig['targets'][number];
export type ConfigRequest = CheckedConfig['requests'][number];
export type ConfigCommand = z.output<typeof command>;
export type ConfigCommands = z.output<typeof commands>;

/** For editors: what a user may write. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

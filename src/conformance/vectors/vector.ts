import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const name = z.string().min(1);
const ms = z.number().positive();
const status = z.int().min(200).max(599);

/** Far above any body of a contract. */
const maxBodyBytes = 2 ** 26;

/** Bytes described: `text` may be padded with spaces, `parts` are joined. */
const bodyPartSchema = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ base64: z.string() }),
  z.strictObject({ repeat: z.string().min(1), count: z.int().nonnegative().max(maxBodyBytes) }),
  z.strictObject({ float32: z.array(z.number()) }),
]);

const bodyFields = {
  /** Sent with `Content-Type: application/json` unless the headers say otherwise. */
  json: z.json().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  parts: z.array(bodyPartSchema).min(1).optional(),
  /** Spaces up to this many bytes. */
  padToBytes: z.int().positive().max(maxBodyBytes).optional(),
};

const bodyKeys = ['json', 'text', 'base64', 'parts'] as const;

const requestFields = {
  method: z.string().regex(/^[A-Z]+$/),
  path: z.string().regex(/^(\/|\$\{)/, 'a path starts with / or a variable'),
  /** `x`: sent with `Authorization: Bearer ${x.token}`. */
  as: name.optional(),
  /** null takes a header away that would be sent by itself. */
  headers: z.record(name, z.string().nullable()).optional(),
  /** Sent as they are, after the others. */
  rawHeaderLines: z.array(z.string()).optional(),
  /** Body in chunks, without Content-Length. */
  chunked: z.boolean().optional(),
  /** Requests of one connection name share one connection; without a name, the vector's own. */
  connection: name.optional(),
  ...bodyFields,
};

function atMostOneBody(request: Partial<Record<(typeof bodyKeys)[number], unknown>>): boolean {
  return bodyKeys.filter((key) => request[key] !== undefined).length <= 1;
}

const oneBodyMessage = { message: `at most one of ${bodyKeys.join(', ')}` };
export const requestSchema = z.strictObject(requestFields).refine(atMostOneBody, oneBodyMessage);

const expectSchema = z
  .strictObject({
    /** A list where the contract leaves a choice. */
    status: z.union([status, z.array(status).min(2)]),
    /** By name; a value is a text or a matcher, null: the header must be absent. */
    headers: z.record(name, z.json()).optional(),
    /** A value with matchers in it (see matcher.ts); implies `Content-Type: application/json`. */
    json: z.json().optional(),
    /** Implies an RFC 9457 body of `urn:paceline:problem:<it>` and the headers RFC 9110 asks for beside 401 and 405. */
    problem: z
      .string()
      .regex(/^[a-z-]+$/)
      .optional(),
    text: z.string().optional(),
    base64: z.string().optional(),
    parts: z.array(bodyPartSchema).min(1).optional(),
  })
  .refine(atMostOneBody, oneBodyMessage);

/** By the new variable's name: `json.<path>`, `header.<name>`, `text` or, of an event, `id` and `data.<path>`. */
const captureSchema = z.record(name, z.string().regex(/^(json(\..+)?|header\..+|text|id|data(\..+)?)$/));
const capture = captureSchema.optional();

const requestStep = z.strictObject({
  request: requestSchema,
  expect: expectSchema,
  capture,
  /** Done so often, one after the other; `${index}` counts from 0. */
  times: z.union([z.int().positive(), z.string()]).optional(),
});

/** A character of a line is a byte. */
const byteLine = z
  .string()
  .refine(
    (line) => Buffer.from(line, 'latin1').toString('latin1') === line,
    'a line holds bytes: characters up to U+00FF',
  );

/**
 * A request as its bytes, on a connection of its own: the lines with CRLF behind each, an empty one, then the body.
 * `${bodyLength}` counts the body's bytes; nothing is added.
 */
const rawStep = z.strictObject({
  raw: z.strictObject({ lines: z.array(byteLine).min(1), ...bodyFields }).refine(atMostOneBody, oneBodyMessage),
  expect: expectSchema,
  capture,
  /** Nothing more will come, and after a while the target is told so: for requests that may end before they should. */
  hangsUp: z.boolean().optional(),
  /** The connection may be closed without an answer instead. */
  orNoAnswer: z.boolean().optional(),
});

const setStep = z.strictObject({ set: z.record(name, z.string()) });

/** The same request again and again until its answer is as expected. */
const pollStep = z.strictObject({
  poll: requestSchema,
  withinMs: ms,
  everyMs: ms.default(50),
  expect: expectSchema,
  capture,
});

/** All at the same time, each on a new connection that is open before any is sent. */
const parallelStep = z.strictObject({
  parallel: z.array(requestSchema.safeExtend({ count: z.int().positive().default(1) })).min(1),
  /** How many answers of each status in all. */
  expectStatuses: z.record(z.string().regex(/^\d{3}$/), z.int().positive()),
});

const openStreamStep = z.strictObject({
  openStream: z.strictObject({ name, ...requestFields }),
  expect: expectSchema,
});

/** The next event not seen before on this stream (delivery is at least once). */
const expectEventStep = z.strictObject({
  expectEvent: z.strictObject({
    stream: name,
    withinMs: ms.default(5_000),
    event: z.string(),
    id: z.json().optional(),
    data: z.json(),
  }),
  capture,
});

const expectNoEventStep = z.strictObject({ expectNoEvent: z.strictObject({ stream: name, forMs: ms }) });
const expectCommentStep = z.strictObject({ expectComment: z.strictObject({ stream: name, withinMs: ms }) });
const expectEndStep = z.strictObject({ expectEnd: z.strictObject({ stream: name, withinMs: ms }) });
const closeStreamStep = z.strictObject({ closeStream: name });

/** Opens streams until one is refused: at most `limit` may be open then. All are closed again. */
const fillStreamsStep = z.strictObject({
  fillStreams: z.strictObject({ ...requestFields, limit: z.union([z.int().positive(), z.string()]) }),
  /** What the refused one is answered. */
  expect: expectSchema,
});

const stepSchemas = {
  request: requestStep,
  set: setStep,
  poll: pollStep,
  parallel: parallelStep,
  openStream: openStreamStep,
  expectEvent: expectEventStep,
  expectNoEvent: expectNoEventStep,
  expectComment: expectCommentStep,
  expectEnd: expectEndStep,
  closeStream: closeStreamStep,
  fillStreams: fillStreamsStep,
  raw: rawStep,
} as const;

type StepKind = keyof typeof stepSchemas;
type StepOf = { [Kind in StepKind]: z.infer<(typeof stepSchemas)[Kind]> };
export type Step = StepOf[StepKind];
export type StepWith<Kind extends StepKind> = StepOf[Kind];

const kinds = Object.keys(stepSchemas) as StepKind[];

export function kindOf(step: object): StepKind | undefined {
  return kinds.find((kind) => kind in step);
}

/** Not a union: its errors would list what is wrong with the step as each of the twelve kinds. */
export const stepSchema = z.record(z.string(), z.unknown()).transform((raw, context): Step => {
  const kind = kindOf(raw);
  if (kind === undefined) {
    context.addIssue({ code: 'custom', message: `a step has one of the keys ${kinds.join(', ')}` });
    return z.NEVER;
  }
  const parsed = stepSchemas[kind].safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    context.addIssue({ code: 'custom', message: issue.message, path: issue.path });
  return z.NEVER;
});

const vectorSchema = z.strictObject({ name, steps: z.array(stepSchema).min(1) });

/** One topic: its setup is run once, and every vector starts from the variables the setup captured. */
export const vectorFileSchema = z.strictObject({
  description: z.string().min(1),
  /** Run alone, after all other files: for vectors that use up what the others need. */
  exclusive: z.boolean().default(false),
  setup: z.array(stepSchema).default([]),
  vectors: z.array(vectorSchema).min(1),
});

export type VectorRequest = z.infer<typeof requestSchema>;
export type Expect = z.infer<typeof expectSchema>;
export type Capture = z.infer<typeof captureSchema>;
export type BodyPart = z.infer<typeof bodyPartSchema>;
export type VectorFile = z.infer<typeof vectorFileSchema>;

const checkKeys: ReadonlySet<StepKind> = new Set(['set', 'closeStream']);

/** Whether the step expects something of the target. */
export function isCheck(step: Step): boolean {
  const kind = kindOf(step);
  return kind !== undefined && !checkKeys.has(kind);
}

export type Variables = Readonly<Record<string, string>>;

/** A vector names what nothing has set: the failure is reported as the step's. */
class MissingVariable extends Error {}

/** A name, in which another name may stand: `${file.${index}}`. */
const pattern = /\$\{((?:[^${}]|\$\{[^${}]+\})+)\}/g;

/**
 * Replaces every `${name}` once; `${unique}` is twelve fresh lower-case letters and digits at each place,
 * `${upper name}` the value in capitals.
 */
export function substitute(text: string, variables: Variables): string {
  return text.replace(pattern, (_, name: string) => {
    if (name === 'unique') return randomBytes(6).toString('hex');
    const whole = substitute(name, variables);
    const bare = whole.replace(/^upper /, '');
    const value = variables[bare];
    if (value === undefined) throw new MissingVariable(`nothing has set the variable ${bare}`);
    return bare === whole ? value : value.toUpperCase();
  });
}

/** In every text of a JSON value; keys stay as they are. */
export function substituteAll<T>(value: T, variables: Variables): T;
export function substituteAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return substitute(value, variables);
  if (Array.isArray(value)) return value.map((entry) => substituteAll(entry, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substituteAll(entry, variables)]));
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../model/harness-error.ts';
import { parseJsonText } from '../../os/json-text.ts';
import { formatNames, matcherNames } from './matcher.ts';
import { requestSchema, stepSchema, type VectorFile, vectorFileSchema } from './vector.ts';

export interface NamedVectorFile extends VectorFile {
  /** The file's name without its folder. */
  readonly file: string;
}

/** Every *.json of the folder, sorted by name. All problems of all files are reported at once, each with its place. */
export async function readVectorFiles(vectorsDir: string): Promise<readonly NamedVectorFile[]> {
  const names = (await readdir(vectorsDir)).filter((entry) => entry.endsWith('.json')).sort();
  if (names.length === 0) throw invalidVectors([`${vectorsDir}: no vector file (*.json)`]);
  const read = await Promise.all(names.map((file) => parseFile(path.join(vectorsDir, file), vectorFileSchema)));
  const problems = read.flatMap((entry) => entry.problems);
  if (problems.length > 0) throw invalidVectors(problems);
  return read.flatMap(({ value }, index) => (value === null ? [] : { ...value, file: names[index] ?? '' }));
}

interface ParsedFile<T> {
  readonly value: T | null;
  readonly problems: readonly string[];
}

async function parseFile<T>(file: string, schema: z.ZodType<T>): Promise<ParsedFile<T>> {
  let value: unknown;
  try {
    value = parseJsonText(await readFile(file, 'utf8'));
  } catch (error) {
    return { value: null, problems: [`${file}: ${(error as Error).message}`] };
  }
  const unknown = unknownMatchers(value).map((problem) => `${file}: ${problem}`);
  if (unknown.length > 0) return { value: null, problems: unknown };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => `${file}: ${locationOf(value, issue.path)}${issue.message}`);
  return { value: null, problems };
}

function unknownMatchers(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const problems = unknownMatchers(entry);
    if (key.startsWith('$') && !matcherNames.includes(key)) problems.push(`unknown matcher ${key}`);
    if (key === '$is' && !formatNames.some((name) => name === entry))
      problems.push(`unknown shape ${JSON.stringify(entry)} of $is`);
    return problems;
  });
}

function invalidVectors(problems: readonly string[]): HarnessError {
  const list = problems.map((problem) => `\n  ${problem}`).join('');
  return new HarnessError(
    'bad-manifest',
    `broken vectors:${list}`,
    'correct the named keys; src/conformance/vectors/vector.ts is the format, docs/your-service.md has an example',
  );
}

/** The path as text, with a vector's own name in place of its number. */
function locationOf(value: unknown, issuePath: readonly PropertyKey[]): string {
  let at = value as Record<PropertyKey, unknown> | undefined;
  const parts = issuePath.map((key) => {
    at = at?.[key] as typeof at;
    return typeof key === 'number' && typeof at?.name === 'string' ? `"${at.name}"` : String(key);
  });
  return parts.length === 0 ? '' : `${parts.join(' › ')}: `;
}

const steps = z.array(stepSchema);
const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, 'i');
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const count = z.int().positive();

const budgetRouteSchema = z.strictObject({
  /** A key of the service's statementBudgets. */
  route: z.string().min(1),
  /** Done once before, uncounted; `${requestCount}` is how often the steps will be done. */
  prepare: steps.default([]),
  /** One round: what is counted. `${index}` counts the rounds from 0. */
  steps: steps.min(1),
  warmupCount: count.default(20),
  countedCount: count.default(50),
  /** Statements of others' work that this route sets off. */
  notCounted: z.array(pattern).default([]),
});

/** bench/<service>/lifecycle.json: what is sent in the checks that code must conduct. */
export const lifecycleFileSchema = z.strictObject({
  /** Before each of the checks. */
  setup: steps,
  shutdown: z.strictObject({
    stream: requestSchema,
    /** In flight when SIGTERM comes; each takes a while. */
    slow: z.array(requestSchema).min(1),
  }),
  databaseRestart: z.strictObject({
    before: steps.min(1),
    /** While the database is away. */
    lost: steps.min(1),
    /** When it has been back for as long as the contract allows; streams opened before are still there. */
    back: steps.min(1),
  }),
  statementBudgets: z.strictObject({
    /** Statements that no request causes: LISTEN, connection set-up. */
    notCounted: z.array(pattern),
    routes: z.array(budgetRouteSchema).min(1),
  }),
});

/** bench/<service>/wire.json: answers whose size and header names are the same from every implementation. */
const wireFileSchema = z.strictObject({
  setup: steps,
  answers: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        request: requestSchema,
        /** Keeps the answer's id under this name, for the requests behind it. */
        captureId: z.string().optional(),
        status: z.int(),
        /** Names in lower case, without the allowed ones. */
        headers: z.array(z.string()),
        /** null: the body has words of the implementation's own. */
        bodyBytes: z.int().nonnegative().nullable(),
      }),
    )
    .min(1),
  /** Header names that may come or not, each with its reason. */
  allowedHeaders: z.record(z.string(), z.string().min(1)),
});

export type WireFile = z.infer<typeof wireFileSchema>;

export async function readWireFile(file: string): Promise<WireFile> {
  const { value, problems } = await parseFile(file, wireFileSchema);
  if (value === null) throw invalidVectors(problems);
  return value;
}

export type LifecycleFile = z.infer<typeof lifecycleFileSchema>;
export type BudgetRoute = z.infer<typeof budgetRouteSchema>;

export async function readLifecycleFile(file: string): Promise<LifecycleFile> {
  const { value, problems } = await parseFile(file, lifecycleFileSchema);
  if (value === null) throw invalidVectors(problems);
  return value;
}

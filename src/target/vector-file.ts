import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import { matcherNames, shapeNames } from './matcher.ts';
import { type VectorFile, vectorFileSchema } from './vector.ts';

export interface NamedVectorFile extends VectorFile {
  /** The file's name without its folder. */
  readonly file: string;
}

/** Every *.json of the folder, sorted by name. All problems of all files are told at once, each with its place. */
export async function readVectorFiles(vectorsDir: string): Promise<readonly NamedVectorFile[]> {
  const names = (await readdir(vectorsDir)).filter((entry) => entry.endsWith('.json')).sort();
  if (names.length === 0) throw broken([`${vectorsDir}: no vector file (*.json)`]);
  const read = await Promise.all(names.map((file) => parseFile(path.join(vectorsDir, file), vectorFileSchema)));
  const problems = read.flatMap((entry) => entry.problems);
  if (problems.length > 0) throw broken(problems);
  return read.flatMap(({ value }, index) => (value === null ? [] : { ...value, file: names[index] ?? '' }));
}

export interface ParsedFile<T> {
  readonly value: T | null;
  readonly problems: readonly string[];
}

export async function parseFile<T>(file: string, schema: z.ZodType<T>): Promise<ParsedFile<T>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    return { value: null, problems: [`${file}: ${(error as Error).message}`] };
  }
  const unknown = unknownMatchers(value).map((problem) => `${file}: ${problem}`);
  if (unknown.length > 0) return { value: null, problems: unknown };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => `${file}: ${placeOf(value, issue.path)}${issue.message}`);
  return { value: null, problems };
}

function unknownMatchers(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const problems = unknownMatchers(entry);
    if (key.startsWith('$') && !matcherNames.includes(key)) problems.push(`unknown matcher ${key}`);
    if (key === '$is' && !shapeNames.includes(String(entry))) problems.push(`unknown shape "${entry}" of $is`);
    return problems;
  });
}

export function broken(problems: readonly string[]): HarnessError {
  const list = problems.map((problem) => `\n  ${problem}`).join('');
  return new HarnessError(
    'bad-manifest',
    `broken vectors:${list}`,
    'correct the named keys; src/target/vector.ts is the format',
  );
}

/** The path as text, with a vector's own name in place of its number. */
function placeOf(value: unknown, issuePath: readonly PropertyKey[]): string {
  let at = value as Record<PropertyKey, unknown> | undefined;
  const parts = issuePath.map((key) => {
    at = at?.[key] as typeof at;
    return typeof key === 'number' && typeof at?.name === 'string' ? `"${at.name}"` : String(key);
  });
  return parts.length === 0 ? '' : `${parts.join(' › ')}: `;
}

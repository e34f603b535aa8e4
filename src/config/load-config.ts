import { readFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import { parseJsonText } from '../os/json-text.ts';
import { moduleEnding } from '../os/module-ending.ts';
import { type CheckedConfig, configSchema } from './schema.ts';

/** Reads and checks a config. Throws HarnessError usage with all mistakes at once, each with its line where it can be found. */
export async function loadConfig(path: string): Promise<CheckedConfig> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HarnessError(
      'usage',
      `cannot read ${path} (${error.code})`,
      'make it readable, or write one: paceline init',
    );
  });
  const value = extname(path) === '.json' ? fromJson(path, text) : await fromModule(path);
  const checked = configSchema.safeParse(value);
  if (!checked.success)
    throw configMistakes(
      path,
      checked.error.issues.flatMap((issue) => asMistakes(issue, text)),
    );
  return checked.data;
}

/** One mistake: the key it stands under, and what is wrong. */
export interface ConfigMistake {
  readonly key: string;
  readonly message: string;
  /** null: not found in the text. */
  readonly line: number | null;
}

export function configMistakes(path: string, mistakes: readonly ConfigMistake[]): HarnessError {
  const name = basename(path);
  const lines = mistakes.map(
    ({ key, message, line }) => `\n  ${name}${line === null ? '' : `:${line}`}: ${key}: ${message}`,
  );
  const count = `${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}`;
  return new HarnessError(
    'usage',
    `${count} in ${path}:${lines.join('')}`,
    'correct them; docs/your-service.md describes every key, and `paceline schema config` is for editors',
  );
}

function fromJson(path: string, text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new HarnessError('usage', `${path} is not JSON: ${(error as Error).message}`, 'correct it there');
  }
}

/** The exports of this package, whether it is installed in the user's project or not. */
const ownEntry = new URL(`./define-config${moduleEnding}`, import.meta.url).href;

let isHooked = false;

/** A config that was written for an installed paceline also loads where it was started by npx, and in a commit laid out elsewhere. */
function hookOwnName(): void {
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'paceline' ? { url: ownEntry, shortCircuit: true } : next(specifier, context),
  });
}

async function fromModule(path: string): Promise<unknown> {
  hookOwnName();
  const module: { default?: unknown; config?: unknown } = await import(pathToFileURL(path).href).catch(
    (error: unknown) => {
      throw new HarnessError('usage', `${path} cannot be loaded: ${placeOf(error, path)}`, 'correct it there');
    },
  );
  const value = module.default ?? module.config;
  if (value !== undefined) return value;
  throw new HarnessError('usage', `${path} exports no config`, 'write `export default defineConfig({ … })`');
}

/** What was thrown, with the line of the config where that is known. */
function placeOf(error: unknown, path: string): string {
  if (!(error instanceof Error)) return `it throws ${String(error)}`;
  const place = (error.stack ?? '').split('\n').find((line) => line.includes(path));
  const line = /:(\d+)(?::\d+)?\)?$/.exec(place ?? '')?.[1];
  return `${line === undefined ? '' : `line ${line}: `}${error.name}: ${error.message}`;
}

/** A union says of each of its members what is wrong: the member that got furthest is the one that was meant. */
function asMistakes(issue: z.core.$ZodIssue, text: string): ConfigMistake[] {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0] ?? [];
    const isDeeper = depthOf(nearest) > 0;
    if (isDeeper) return nearest.flatMap((one) => asMistakes({ ...one, path: [...issue.path, ...one.path] }, text));
  }
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  const message = issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys) : issue.message;
  return [{ key: keyOf(issue.path), message, line: lineOf(path, text) }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

function unknownKeys(keys: readonly string[]): string {
  return `unknown key${keys.length === 1 ? '' : 's'} ${keys.map((key) => `"${key}"`).join(', ')}`;
}

export function keyOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the whole config' : path.map(String).join('.');
}

/** The line of a key: each name of its path is looked for behind the one before it. A config that is computed may have none. */
export function lineOf(path: readonly PropertyKey[], text: string): number | null {
  let place = 0;
  let isFound = false;
  for (const [index, step] of path.entries()) {
    if (typeof step === 'number') {
      place = afterItems(text, place, step);
      continue;
    }
    const pattern = new RegExp(`(?<![\\w-])["']?${RegExp.escape(String(step))}["']?\\s*:`, 'g');
    pattern.lastIndex = place;
    const found = pattern.exec(text);
    if (found === null) return isFound && index === path.length - 1 ? lineAt(text, place) : null;
    place = found.index + found[0].length;
    isFound = true;
  }
  return isFound ? lineAt(text, place) : null;
}

function lineAt(text: string, place: number): number {
  return text.slice(0, place).split('\n').length;
}

/** Behind so many items of the list that opens next: brackets within them are passed over. */
function afterItems(text: string, from: number, itemCount: number): number {
  const start = text.indexOf('[', from);
  if (start < 0) return from;
  let depth = 0;
  let left = itemCount;
  for (let place = start + 1; place < text.length; place += 1) {
    const character = text[place] ?? '';
    if ('[{('.includes(character)) {
      if (depth === 0 && left === 0) return place;
      depth += 1;
    } else if (']})'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) left -= 1;
    if (depth < 0) return from;
  }
  return from;
}

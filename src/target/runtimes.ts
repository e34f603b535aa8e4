import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { variable } from '../os/environment.ts';
import { parseJsonText } from '../os/json-text.ts';
import { compareVersions, type QueryProgram } from './program-version.ts';

const word = z.string().min(1);

/** One row of the finder table: a program that a placeholder such as {bun} stands for, and how it is found. */
const runtimeSchema = z.strictObject({
  /** The placeholder, without braces. */
  name: z.string().regex(/^[a-z][a-z0-9.-]*$/, 'lower-case words joined by hyphens'),
  /** For people: "Bun". */
  title: word,
  atLeast: z.string().regex(/^\d+(\.\d+)*$/),
  /** Asked in this order until one is new enough: names on PATH, or paths, which may begin with `$JAVA_HOME` and hold `*`. */
  programs: z.array(word),
  /** The arguments that make the program print its version. */
  question: z.array(word).min(1),
  /** A regular expression over what it prints, with a group `version` and, where it says so, `home` or `path`. */
  answer: word.refine(isPatternOfVersion, 'must be a regular expression with a group (?<version>…)'),
  /** The program itself, not a shim of it: "{path}" or "{home}/bin/java". Without it: the file that answered. */
  program: word.optional(),
  remedy: word,
  /** How it is installed into the cache: a folder beside this file with a package.json and its lock. */
  package: z
    .strictObject({
      folder: word,
      /** Where the program then lies; a glob, for its package is named after the platform. */
      program: word,
      /** Installed, in MB (10^6 bytes). */
      sizeMB: z.number().positive(),
    })
    .optional(),
});

type RuntimeRow = z.infer<typeof runtimeSchema>;

/** A row and where its file lies. */
export interface Runtime extends RuntimeRow {
  /** Absolute. */
  readonly dir: string;
}

function isPatternOfVersion(text: string): boolean {
  try {
    new RegExp(text);
  } catch {
    return false;
  }
  return text.includes('(?<version>');
}

const fileName = 'runtimes.json';
const ownImplementations = path.resolve(import.meta.dirname, '../../impls');

interface ScannedRuntimes {
  readonly byName: ReadonlyMap<string, Runtime>;
  readonly problems: readonly string[];
}

/** The rows of every `runtimes.json` in a folder of our own impls/ and of the given directories; a later directory's row wins. */
export async function scanRuntimes(directories: readonly string[]): Promise<ScannedRuntimes> {
  const byName = new Map<string, Runtime>();
  const problems: string[] = [];
  for (const directory of new Set([ownImplementations, ...directories.map((one) => path.resolve(one))])) {
    for await (const name of glob(`*/${fileName}`, { cwd: directory })) {
      const file = path.join(directory, name);
      const read = await readRows(file);
      problems.push(...read.problems);
      for (const row of read.rows) byName.set(row.name, { ...row, dir: path.dirname(file) });
    }
  }
  return { byName, problems };
}

async function readRows(file: string): Promise<{ rows: readonly RuntimeRow[]; problems: readonly string[] }> {
  try {
    const parsed = z.array(runtimeSchema).safeParse(parseJsonText(await readFile(file, 'utf8')));
    if (parsed.success) return { rows: parsed.data, problems: [] };
    return {
      rows: [],
      problems: parsed.error.issues.map(({ path: keys, message }) => `${file}: ${keys.join('.')}: ${message}`),
    };
  } catch (error) {
    return { rows: [], problems: [`${file}: not JSON: ${(error as Error).message}`] };
  }
}

export interface FoundRuntime {
  readonly status: 'found';
  /** Absolute where the program says so, else as it was asked. */
  readonly program: string;
  readonly version: string;
}

export type RuntimeSearch =
  | FoundRuntime
  | {
      readonly status: 'missing';
      /** What answered and why it will not do. */
      readonly reason: string;
    };

interface SearchOptions {
  /** Where `install` puts a runtime: see installedDir. */
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly ask: QueryProgram;
}

/** The installed one, which is pinned, else the first on this machine that answers and is new enough. */
export async function findRuntime(runtime: Runtime, options: SearchOptions): Promise<RuntimeSearch> {
  const installed = await installedProgram(runtime, options.cacheDir);
  const candidates = [
    ...(installed === null ? [] : [installed]),
    ...(await candidatePaths(runtime.programs, options.env)),
  ];
  const faults: string[] = [];
  for (const program of candidates) {
    const found = await askRuntime(runtime, program, options.ask);
    if (found.status === 'found') return found;
    if (found.reason !== '') faults.push(found.reason);
  }
  const needs = `needs ${runtime.title} ≥ ${runtime.atLeast}`;
  return {
    status: 'missing',
    reason: faults.length === 0 ? `no ${runtime.title} here (${needs})` : `${faults[0]} (${needs})`,
  };
}

/** An empty reason: it is not there. */
export async function askRuntime(runtime: Runtime, program: string, ask: QueryProgram): Promise<RuntimeSearch> {
  const answer = await ask([program, ...runtime.question]);
  if (answer.status === 'not-found') return { status: 'missing', reason: '' };
  const groups = new RegExp(runtime.answer, 'm').exec(answer.output)?.groups;
  if (answer.status === 'failed' || groups?.version === undefined) {
    const [said = ''] = answer.output.trim().split('\n');
    return {
      status: 'missing',
      reason: `${program} does not print its version${said === '' ? '' : `: ${said.slice(0, 200)}`}`,
    };
  }
  const { version } = groups;
  if (compareVersions(version, runtime.atLeast) < 0)
    return { status: 'missing', reason: `${program} is ${runtime.title} ${version}` };
  return { status: 'found', program: fill(runtime.program ?? program, groups), version };
}

function fill(text: string, groups: Readonly<Record<string, string>>): string {
  return text.replace(/\{(home|path)\}/g, (_, name: string) => groups[name] ?? '');
}

/** A place named by a variable that is not set is none; of several that fit a glob, the last by name comes first. */
async function candidatePaths(programs: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const found = programs.map(async (program) => {
    const [, name] = /^\$([A-Z_]+)/.exec(program) ?? [];
    const folder = name === undefined ? '' : variable(env, name);
    if (folder === null) return [];
    const expanded = program.replace(/^\$[A-Z_]+/, folder);
    return expanded.includes('*') ? (await Array.fromAsync(glob(expanded))).sort().reverse() : [expanded];
  });
  return (await Promise.all(found)).flat();
}

/** Named after its lock: another lock is another folder. null: the row has no package. */
export async function installFolder({ name, dir, package: own }: Runtime, cacheDir: string): Promise<string | null> {
  if (own === undefined) return null;
  const lock = await readFile(path.join(dir, own.folder, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  return path.join(runtimesFolder(cacheDir), `${name}-${hash}`);
}

export function runtimesFolder(cacheDir: string): string {
  return path.join(cacheDir, 'runtimes');
}

/** The program within an install folder; null: it is not there. */
export async function programWithin(runtime: Runtime, folder: string): Promise<string | null> {
  const [program] = await Array.fromAsync(glob(runtime.package?.program ?? '', { cwd: folder }));
  return program === undefined ? null : path.join(folder, program);
}

async function installedProgram(runtime: Runtime, cacheDir: string): Promise<string | null> {
  const folder = await installFolder(runtime, cacheDir);
  return folder === null ? null : programWithin(runtime, folder);
}

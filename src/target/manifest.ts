import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import {
  type Implementation,
  implementationSchema,
  type Profiler,
  programArguments,
  type Variant,
} from '../model/implementation.ts';
import { parseJsonText } from '../os/json-text.ts';
import { type Runtime, scanRuntimes } from './runtimes.ts';

/** A manifest and where it lies. */
export interface LocatedImplementation {
  readonly implementation: Implementation;
  /** Absolute: the folder of impl.json, {dir} in its commands. */
  readonly dir: string;
  /** The rows of the finder table that its placeholders stand for, by placeholder. */
  readonly runtimes: Readonly<Record<string, Runtime>>;
}

/**
 * Reads impl.json of every folder in the given directories; a folder without one is shared code, not an implementation.
 * All problems of all manifests are reported at once, as one HarnessError 'bad-manifest'. Sorted by id, each before its variants.
 */
export async function scanImplementations(directories: readonly string[]): Promise<readonly LocatedImplementation[]> {
  const folders = (await Promise.all(directories.map(foldersIn))).flat();
  const runtimes = await scanRuntimes(directories);
  const read = await Promise.all(folders.map((dir) => readManifest(dir, runtimes.byName)));
  const located = read.flatMap(({ found }) => found ?? []);
  const problems = [...runtimes.problems, ...read.flatMap((entry) => entry.problems), ...duplicateIds(located)];
  if (problems.length > 0) {
    const list = problems.map((problem) => `\n  ${problem}`).join('');
    throw new HarnessError(
      'bad-manifest',
      `${problems.length} problem${problems.length === 1 ? '' : 's'} in implementation manifests:${list}`,
      'correct the named keys; docs/how-to/add-an-implementation.md describes each',
    );
  }
  return located
    .sort((a, b) => (a.implementation.id < b.implementation.id ? -1 : 1))
    .flatMap((one) => withVariants(one, runtimes.byName));
}

async function foldersIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => path.resolve(directory, entry.name));
  } catch (error) {
    const remedy = 'name a directory that holds one folder for each implementation';
    throw new HarnessError('bad-manifest', `cannot read the directory ${directory}`, remedy, { cause: error });
  }
}

/** A folder in impls/ implements one of these; a user's config has a service of its own. */
const manifestSchema = implementationSchema
  .omit({ running: true })
  .extend({ service: z.enum(['crud', 'raft', 'primitives', 'echo']), command: programArguments });

interface ReadManifest {
  readonly found: LocatedImplementation | null;
  readonly problems: readonly string[];
}

async function readManifest(dir: string, runtimes: RuntimesByName): Promise<ReadManifest> {
  const file = path.join(dir, 'impl.json');
  const at = (problem: string) => `${file}: ${problem}`;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    return { found: null, problems: text.code === 'ENOENT' ? [] : [at(`cannot be read (${text.code})`)] };
  }
  const value = parseJson(text);
  if (value instanceof Error) return { found: null, problems: [at(`not JSON: ${value.message}`)] };
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    return { found: null, problems: parsed.error.issues.map((issue) => at(`${keyOf(issue.path)}: ${issue.message}`)) };
  }
  const problems = manifestProblems(parsed.data, path.basename(dir), runtimes).map(at);
  return { found: { implementation: parsed.data, dir, runtimes: runtimesOf(parsed.data, runtimes) }, problems };
}

function parseJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    return error;
  }
}

function keyOf(issuePath: readonly PropertyKey[]): string {
  return issuePath.length === 0 ? '(whole file)' : issuePath.map(String).join('.');
}

function manifestProblems(implementation: Implementation, folder: string, runtimes: RuntimesByName): string[] {
  const problems = [
    ...(['variantOf', 'buildEnv', 'workerCount'] as const).flatMap((key) =>
      implementation[key] === undefined ? [] : [`${key}: only a variant has one`],
    ),
    ...variantProblems(implementation, runtimes),
    ...placeholderProblems(implementation, runtimes),
  ];
  if (implementation.id === folder) return problems;
  return [`id: "${implementation.id}" must equal the folder's name "${folder}"`, ...problems];
}

/** What is in braces and cannot be filled in, with the key it stands under. */
export function placeholderProblems(implementation: Implementation, runtimes: RuntimesByName = new Map()): string[] {
  const problems: string[] = [];
  const known = new Set([...placeholderNames, ...runtimes.keys()]);
  for (const { key, text } of expandableTexts(implementation)) {
    for (const name of placeholdersIn(text)) {
      if (profilerNames.has(name) && key.startsWith('profile.')) continue;
      if (!known.has(name)) problems.push(`${key}: unknown placeholder {${name}} (known: ${[...known].join(', ')})`);
      // The toolchain's version is part of the build folder's name, so it cannot be asked of something in that folder.
      if (name === 'build' && key.endsWith('versionCommand')) problems.push(`${key}: {build} does not exist yet here`);
      if (startNames.has(name) && !/^(command|env)/.test(key))
        problems.push(`${key}: {${name}} has a value only when the target starts, in command and env`);
    }
  }
  return problems;
}

/** Runtimes of variants that are not there, or that the program does not use. */
export function variantProblems(
  { variants = {}, ...implementation }: Implementation,
  runtimes: RuntimesByName,
): string[] {
  const used = new Set(expandableTexts(implementation).flatMap(({ text }) => placeholdersIn(text)));
  return Object.entries(variants).flatMap(([name, variant]) =>
    Object.entries(variant.runtimes ?? {}).flatMap(([placeholder, row]) => [
      ...(used.has(placeholder) ? [] : [`variants.${name}.runtimes: {${placeholder}} is not used by this manifest`]),
      ...(runtimes.has(row)
        ? []
        : [`variants.${name}.runtimes: unknown runtime "${row}" (known: ${[...runtimes.keys()].join(', ')})`]),
    ]),
  );
}

/** The implementation and its variants, each with the id `<id>@<name>`. */
export function withVariants(located: LocatedImplementation, runtimes: RuntimesByName): LocatedImplementation[] {
  const { variants = {}, ...base } = located.implementation;
  const varied = Object.entries(variants).map(([name, variant]): LocatedImplementation => {
    const rows = Object.entries(variant.runtimes ?? {}).map(
      ([placeholder, row]) => [placeholder, runtimes.get(row)] as const,
    );
    return {
      implementation: variedImplementation(base, name, variant),
      dir: located.dir,
      runtimes: { ...located.runtimes, ...Object.fromEntries(rows.filter(isFound)) },
    };
  });
  return [located, ...varied];
}

function variedImplementation(base: Implementation, name: string, variant: Variant): Implementation {
  const [program = '', ...rest] = base.command;
  const { env, buildEnv, runtimeArguments = [], workerCount, description } = variant;
  return {
    ...base,
    id: `${base.id}@${name}`,
    variantOf: base.id,
    optional: true,
    command: [program, ...runtimeArguments, ...rest],
    env: { ...base.env, ...env },
    ...(buildEnv === undefined ? {} : { buildEnv }),
    ...(workerCount === undefined ? {} : { workerCount }),
    description: `${base.description}; ${description}`,
  };
}

function duplicateIds(located: readonly LocatedImplementation[]): string[] {
  const dirsById = Map.groupBy(located, ({ implementation }) => implementation.id);
  return [...dirsById.entries()]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) => `id "${id}" is there ${same.length} times: ${same.map(({ dir }) => dir).join(', ')}`);
}

type RuntimesByName = ReadonlyMap<string, Runtime>;

/** Known only when the target starts. */
const startNames: ReadonlySet<string> = new Set(['host', 'port', 'databaseUrl']);
/** Known only under a profiler: its folder, the target's process, how often it looks. */
const profilerNames: ReadonlySet<string> = new Set(['profile', 'pid', 'hz']);
/** What a manifest may name in braces beside the rows of the finder table; {node} is the Node that runs paceline. */
const placeholderNames = ['node', 'build', 'dir', ...startNames];
export type Placeholders = Readonly<Partial<Record<string, string>>>;

/** Of the user's environment: checked where a config names it. */
const secretPattern = /\{env:([A-Za-z_]\w*)\}/g;
const pattern = /\{([a-zA-Z][\w-]*)\}/g;

function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Throws where a name has no value: the manifest scan has refused unknown names, so that is a bug of the caller. */
export function expand(text: string, values: Placeholders): string {
  const own = text.replaceAll(secretPattern, (_, name: string) => process.env[name] ?? '');
  return own.replace(pattern, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`placeholder {${name}} has no value in "${text}"`);
    return value;
  });
}

export function expandAll(texts: readonly string[], values: Placeholders): string[] {
  return texts.map((text) => expand(text, values));
}

/** Every text of a manifest in which placeholders count, with the key it stands under. */
function expandableTexts(implementation: Implementation): readonly { key: string; text: string }[] {
  const texts = (key: string, list: readonly string[]) => list.map((text) => ({ key, text }));
  return [
    ...texts('runtime.versionCommand', implementation.runtime.versionCommand),
    ...implementation.requires.flatMap((requirement, index) =>
      texts(`requires.${index}.versionCommand`, requirement.versionCommand),
    ),
    ...implementation.build.flatMap((command, index) => texts(`build.${index}`, command)),
    ...texts('buildCheck', implementation.buildCheck ?? []),
    ...texts('command', implementation.command),
    ...Object.entries(implementation.programs).flatMap(([name, command]) => texts(`programs.${name}`, command)),
    ...Object.entries(implementation.env).map(([name, text]) => ({ key: `env.${name}`, text })),
    ...profilerTexts(implementation.profile).map((text) => ({ key: 'profile.…', text })),
  ];
}

function profilerTexts({ build, runtimeArguments, env, attach }: Partial<Profiler> = {}): readonly string[] {
  return [...(build ?? []).flat(), ...(runtimeArguments ?? []), ...Object.values(env ?? {}), ...(attach ?? [])];
}

/** The same program under its profiler, whose folder is named when it starts; null: its manifest names none. */
export function profiledImplementation(located: LocatedImplementation): LocatedImplementation | null {
  const { profile, ...base } = located.implementation;
  if (profile === undefined) return null;
  const [program = '', ...rest] = base.command;
  const { build = base.build, runtimeArguments = [], env } = profile;
  const implementation: Implementation = {
    ...base,
    profile,
    build,
    command: [program, ...runtimeArguments, ...rest],
    env: { ...base.env, ...env },
  };
  return { ...located, implementation };
}

function runtimesOf(implementation: Implementation, runtimes: RuntimesByName): Readonly<Record<string, Runtime>> {
  const names = new Set(expandableTexts(implementation).flatMap(({ text }) => placeholdersIn(text)));
  return Object.fromEntries([...names].flatMap((name) => [[name, runtimes.get(name)] as const]).filter(isFound));
}

function isFound(entry: readonly [string, Runtime | undefined]): entry is readonly [string, Runtime] {
  return entry[1] !== undefined;
}

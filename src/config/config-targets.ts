import { existsSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { type Implementation, implementationSchema, type ProgramName, type Variant } from '../model/implementation.ts';
import { isThisMachine } from '../os/this-machine.ts';
import { type LocatedImplementation, placeholderProblems, variantProblems, withVariants } from '../target/manifest.ts';
import type { CheckedConfig, ConfigCommand, ConfigCommands, ConfigTarget } from './schema.ts';

export type Report = (path: readonly PropertyKey[], message: string) => void;
/** Fills in {env:NAME}. */
export type FillSecrets = (text: string, path: readonly PropertyKey[]) => string;

interface TargetsContext {
  readonly serviceId: string;
  readonly rootDir: string;
  readonly configPath: string;
  readonly report: Report;
  readonly fillSecrets: FillSecrets;
}

/** The targets of a config, each before its variants; what is wrong with them is reported. */
export function locatedTargets(config: CheckedConfig, context: TargetsContext): readonly LocatedImplementation[] {
  const { report } = context;
  const names = config.targets.map(({ name }) => name);
  return config.targets.flatMap((declared, index) => {
    const path = ['targets', index] as const;
    if (names.indexOf(declared.name) < index) report([...path, 'name'], `"${declared.name}" is there twice`);
    const target = extended(declared, config.targets, (why) => report([...path, 'extends'], why));
    const located =
      target.url === undefined ? startedTarget(target, index, context) : urlTarget(target, index, config, context);
    return located === null ? [] : withVariants(located, new Map());
  });
}

/** With what it does not say itself taken from the target that it extends; variables are joined, variants are each one's own. */
function extended(target: ConfigTarget, all: readonly ConfigTarget[], complain: (why: string) => void): ConfigTarget {
  if (target.extends === undefined) return target;
  const parent = all.find(({ name }) => name === target.extends);
  if (parent === undefined || parent.extends !== undefined || parent === target) {
    complain(`"${target.extends}" is no target that stands for itself`);
    return target;
  }
  const { variants: _, ...taken } = parent;
  return { ...taken, ...target, env: { ...parent.env, ...target.env } };
}

function startedTarget(
  target: ConfigTarget,
  index: number,
  { serviceId, rootDir, report, fillSecrets }: TargetsContext,
): LocatedImplementation | null {
  const path = ['targets', index] as const;
  const { command } = target;
  if (command === undefined) {
    report(path, 'it has no `command`: how is it started? (or a `url`, where it runs already)');
    return null;
  }
  if (target.program !== undefined) report([...path, 'program'], 'it is started here, so its program is known');
  if (target.remote !== undefined) report([...path, 'remote'], 'only a `url` can name another machine');
  const dir = resolve(rootDir, target.cwd ?? '.');
  if (!existsSync(dir)) report([...path, 'cwd'], `there is no folder ${dir}`);
  for (const [name, value] of Object.entries(target.env ?? {})) fillSecrets(value, [...path, 'env', name]);
  checkVariants(target, index, report, fillSecrets);
  const folder = relative(rootDir, dir);
  const implementation = implementationOf(target, command, serviceId, folder);
  for (const problem of [...placeholderProblems(implementation), ...variantProblems(implementation, new Map())])
    report(path, problem);
  return { implementation, dir, runtimes: {} };
}

function checkVariants(
  { variants = {}, command }: ConfigTarget,
  index: number,
  report: Report,
  fillSecrets: FillSecrets,
) {
  for (const [name, { env = {}, runtimeArguments }] of Object.entries(variants)) {
    const path = ['targets', index, 'variants', name] as const;
    for (const [key, value] of Object.entries(env)) fillSecrets(value, [...path, 'env', key]);
    if (runtimeArguments !== undefined && typeof command === 'string')
      report([...path, 'runtimeArguments'], 'they stand behind the first word of a command: write `command` as a list');
  }
}

function implementationOf(
  target: ConfigTarget,
  command: ConfigCommand,
  service: string,
  folder: string,
): Implementation {
  const build = commandsOf(target.build);
  const words = wordsOf(command);
  const isInPlace = build.length > 0 && !build.flat().some((word) => word.includes('{build}'));
  return implementationSchema.parse({
    ...commonOf(target, service),
    runtime: target.runtime ?? { name: words[0] ?? 'sh', versionCommand: ['true'] },
    sources: target.sources ?? [folder === '' ? '**' : `${folder}/**`],
    build,
    ...(isInPlace ? { buildInPlace: true } : {}),
    command: words,
    env: target.env ?? {},
    description: target.description ?? (typeof command === 'string' ? command : words.join(' ')),
    ...(target.port === undefined ? {} : { fixedPort: target.port }),
    ...(target.variants === undefined ? {} : { variants: withWorkers(target.variants) }),
    anyExitCode: true,
  });
}

function commonOf({ name, description, runtime, ready }: ConfigTarget, service: string) {
  const { path, status, timeoutSec } = ready ?? { path: '/', timeoutSec: 30 };
  return {
    ...{ id: name, service, language: runtime?.name ?? 'own', model: description ?? 'as configured' },
    ...{ requires: [], limits: {} },
    readiness: { path, status: status ?? null, limitMs: timeoutSec * 1_000 },
  };
}

/** Of a config nobody else hands out WORKERS. */
function withWorkers(variants: Readonly<Record<string, Variant>>): Record<string, Variant> {
  const withOwn = (variant: Variant): Variant =>
    variant.workerCount === undefined
      ? variant
      : { ...variant, env: { WORKERS: String(variant.workerCount), ...variant.env } };
  return Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, withOwn(variant)]));
}

/** What only something that is started here can have. */
const startedKeys = ['command', 'build', 'cwd', 'env', 'port', 'variants', 'sources'] as const;

function urlTarget(
  target: ConfigTarget,
  index: number,
  { database, limit, contract }: CheckedConfig,
  { serviceId, rootDir, configPath, report, fillSecrets }: TargetsContext,
): LocatedImplementation | null {
  const path = ['targets', index] as const;
  const url = target.url ?? '';
  for (const key of startedKeys) {
    const value = target[key];
    const isEmpty = value === undefined || (key === 'env' && Object.keys(value).length === 0);
    if (!isEmpty) report([...path, key], 'it runs already (`url`): this is for a target that is started here');
  }
  if (database?.kind === 'postgres')
    report(path, 'it runs already and cannot be given a fresh database: use `{ kind: "url" }` with a `reset`, or none');
  if (contract !== undefined && /^https:/.test(url))
    report([...path, 'url'], 'a `contract` is checked over http alone');
  if (limit !== undefined) report(path, 'it runs already and can be given no `limit`');
  const why = urlProblem(fillSecrets(url, [...path, 'url']), target.remote === true);
  if (why !== null) {
    report([...path, 'url'], why);
    return null;
  }
  const implementation = implementationSchema.parse({
    ...commonOf(target, serviceId),
    runtime: target.runtime ?? { name: 'runs already', versionCommand: ['true'] },
    sources: [basename(configPath)],
    build: [],
    command: [],
    env: {},
    description: target.description ?? `runs already at ${url}`,
    running: { url, program: programOf(target.program) },
  });
  return { implementation, dir: rootDir, runtimes: {} };
}

/** What is wrong with where it runs; null: nothing. Nothing is sent to another machine that was not asked for. */
function urlProblem(text: string, mayBeRemote: boolean): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'it is no http URL: give it whole, as http://127.0.0.1:8080';
  if (url.username !== '' || url.password !== '') return 'leave user and password out: send them in `headers`';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return 'it has a path: paths stand in `requests`';
  if (mayBeRemote || isThisMachine(url.hostname.replace(/^\[|\]$/g, ''))) return null;
  return `${url.hostname} is not this machine: start the service here, or ask for it with \`remote: true\``;
}

function programOf(program: ConfigTarget['program']): ProgramName | null {
  if (program === undefined) return null;
  if ('pid' in program) return { kind: 'pid', pid: program.pid };
  return 'cgroup' in program
    ? { kind: 'cgroup', path: program.cgroup }
    : { kind: 'container', name: program.container };
}

export function commandsOf(commands: ConfigCommands | undefined): string[][] {
  if (commands === undefined) return [];
  return (typeof commands === 'string' ? [commands] : commands).map(wordsOf);
}

/** A line is the shell's; one program alone takes the shell's place, so that a signal reaches it. */
export function wordsOf(command: ConfigCommand): string[] {
  if (typeof command !== 'string') return command;
  return ['sh', '-c', /[;&|<>()]|^\s*\w+=/.test(command) ? command : `exec ${command}`];
}

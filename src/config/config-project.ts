import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import { unknownName } from '../model/unknown-name.ts';
import type { Workload } from '../model/workload.ts';
import { keepSecret } from '../os/secrets.ts';
import { checkoutProject } from '../run/declarations.ts';
import type { DeclaredWorkload, Project, ProjectFolders } from '../run/project.ts';
import { type LocatedImplementation, scanImplementations } from '../target/manifest.ts';
import { requestMixOf } from './config-mix.ts';
import { commandsOf, type FillSecrets, locatedTargets, type Report, wordsOf } from './config-targets.ts';
import { type ConfigMistake, configMistakes, keyOf, lineOf, loadConfig } from './load-config.ts';
import { createWorkload, requestMixPath } from './request-mix.ts';
import type { CheckedConfig } from './schema.ts';

/** A user's config as the project that every command asks. Throws HarnessError usage with all that is wrong with it. */
export async function configProject(
  configPath: string,
  folders: ProjectFolders,
  env: NodeJS.ProcessEnv,
): Promise<Project> {
  const { rootDir } = folders;
  const config = await loadConfig(configPath);
  const text = await readFile(configPath, 'utf8');
  const mistakes: ConfigMistake[] = [];
  const report = (path: readonly PropertyKey[], message: string) =>
    mistakes.push({ key: keyOf(path), message, line: lineOf(path, text) });
  const fillSecrets = (value: string, path: readonly PropertyKey[]) =>
    fillFromEnvironment(value, env, (why) => report(path, why));
  const serviceId = config.service ?? idOf(basename(rootDir));
  const located = locatedTargets(config, { serviceId, rootDir, configPath, report, fillSecrets });
  const workload = await workloadOf(config, serviceId, rootDir, { report, fillSecrets });
  const service = serviceOf(config, serviceId, rootDir, { report, fillSecrets });
  if (mistakes.length > 0) throw configMistakes(configPath, mistakes);
  const scenarios = scenariosOf(config, workload);
  const known = [...scenarios.keys()];
  return {
    ...folders,
    trackedFile: null,
    limit: limitOf(config),
    implementationFolders: [],
    scenarioIds: async () => known,
    async loadScenario(id) {
      const scenario = scenarios.get(id);
      if (scenario === undefined) throw unknownName('scenario', id, known);
      return scenario;
    },
    serviceIds: async () => [serviceId],
    async loadService(id) {
      if (id !== serviceId) throw unknownName('service', id, [serviceId]);
      return service;
    },
    workloadIds: async () => [workload.id],
    async loadWorkload(_, id) {
      if (id !== workload.id) throw unknownName('workload', id, [workload.id]);
      return workload;
    },
    loadGate: (path) =>
      checkoutProject.loadGate(path ?? (config.gate === undefined ? undefined : resolve(rootDir, config.gate))),
    async locate(root, folders) {
      const own = root === rootDir ? located : await targetsAt(root, configPath, env, config, serviceId);
      return [...own, ...(await scanImplementations(folders))];
    },
  };
}

/** Of a commit laid out in `root`: its own config's targets; the present ones where it has none yet. */
async function targetsAt(
  root: string,
  configPath: string,
  env: NodeJS.ProcessEnv,
  present: CheckedConfig,
  serviceId: string,
): Promise<readonly LocatedImplementation[]> {
  const path = join(root, basename(configPath));
  const mistakes: ConfigMistake[] = [];
  const report = (at: readonly PropertyKey[], message: string) =>
    mistakes.push({ key: keyOf(at), message, line: null });
  const fillSecrets = (value: string, at: readonly PropertyKey[]) =>
    fillFromEnvironment(value, env, (why) => report(at, why));
  const config = existsSync(path) ? await loadConfig(path) : present;
  const located = locatedTargets(config, { serviceId, rootDir: root, configPath, report, fillSecrets });
  if (mistakes.length > 0) throw configMistakes(path, mistakes);
  return located;
}

function idOf(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  return id === '' ? 'service' : id;
}

const secretPattern = /\{env:([A-Za-z_]\w*)\}/g;

function fillFromEnvironment(text: string, env: NodeJS.ProcessEnv, complain: (why: string) => void): string {
  return text.replaceAll(secretPattern, (_, name: string) => {
    const value = env[name];
    if (value === undefined || value === '') {
      complain(`{env:${name}}: ${name} is not set in the environment`);
      return '';
    }
    keepSecret(name, value);
    return value;
  });
}

function limitOf({ limit }: CheckedConfig): Project['limit'] {
  if (limit === undefined) return null;
  const memoryBytes = limit.memoryMiB === undefined ? null : limit.memoryMiB * 2 ** 20;
  return { cpuCount: limit.cpuCount ?? null, memoryBytes };
}

async function workloadOf(
  config: CheckedConfig,
  serviceId: string,
  rootDir: string,
  { report, fillSecrets }: { readonly report: Report; readonly fillSecrets: FillSecrets },
): Promise<DeclaredWorkload> {
  if (config.workload !== undefined) {
    if (config.requests.length > 0) report(['workload'], 'there are `requests` too: keep one of them');
    return ownWorkload(resolve(rootDir, config.workload), serviceId, report);
  }
  if (config.requests.length === 0) report(['requests'], 'there is none: what is asked of the service?');
  const argument = await requestMixOf(config, serviceId, { rootDir, report, fillSecrets });
  const workload = createWorkload(argument);
  // What is asked is part of every comparison; secrets are not.
  const { setUp, requests } = config;
  const description = `${workload.description} (${hashOf({ setUp, requests })})`;
  return { ...workload, description, module: { path: requestMixPath, argument } };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}

/** Its module is loaded as one of bench/ is. */
async function ownWorkload(path: string, service: string, report: Report): Promise<DeclaredWorkload> {
  const loaded: { workload?: Workload } = await import(pathToFileURL(path).href).catch((error: Error) => {
    report(['workload'], `${path} cannot be loaded: ${error.message}`);
    return {};
  });
  if (loaded.workload === undefined) report(['workload'], `${path} exports no \`workload\``);
  const workload = loaded.workload as Workload;
  return { ...workload, id: workload?.id ?? 'none', service, module: { path, argument: null } };
}

function serviceOf(
  config: CheckedConfig,
  id: string,
  rootDir: string,
  { report, fillSecrets }: { readonly report: Report; readonly fillSecrets: FillSecrets },
): Service {
  const { database, contract } = config;
  const contractDir = contract === undefined ? null : resolve(rootDir, contract.dir);
  if (contractDir !== null && !existsSync(join(contractDir, 'vectors')))
    report(['contract', 'dir'], `there is no folder ${join(contractDir, 'vectors')}`);
  const variables = Object.entries(contract?.variables ?? {}).map(
    ([name, text]) => [name, fillSecrets(text, ['contract', 'variables', name])] as const,
  );
  const plain: Service = {
    ...{ id, contractVersion: 1, contractDir, isCluster: false, database: null },
    environment: () => ({}),
    vectorVariables: () => Object.fromEntries(variables),
    statementBudgets: null,
    countedLoad: null,
  };
  if (database === undefined) return plain;
  if (database.kind === 'url') {
    const url = fillSecrets(database.url, ['database', 'url']);
    const reset = database.reset === undefined ? [] : [wordsOf(database.reset)];
    return {
      ...plain,
      async resetOwnDatabase(signal) {
        await runCommands(reset, url, rootDir, signal, 'database.reset');
        return url;
      },
    };
  }
  const prepare = commandsOf(database.prepare);
  return {
    ...plain,
    database: {
      schemaFile: database.schema === undefined ? null : resolve(rootDir, database.schema),
      seedStatements: () => [],
      invariants: [],
      isUnbounded: true,
      fill: (url, signal) => runCommands(prepare, url, rootDir, signal, 'database.prepare'),
    },
  };
}

const commandLimitMs = 600_000;
const shownLogLines = 12;

/** With the user's own environment, as they would run it by hand. */
async function runCommands(
  commands: readonly (readonly string[])[],
  databaseUrl: string,
  cwd: string,
  signal: AbortSignal,
  key: string,
): Promise<void> {
  for (const command of commands) {
    const [program = '', ...rest] = command.map((word) => word.replaceAll('{databaseUrl}', databaseUrl));
    const { failed, all, shortMessage } = await execa(program, rest, {
      ...{ cwd, env: { DATABASE_URL: databaseUrl }, reject: false, all: true, stdin: 'ignore', cancelSignal: signal },
      timeout: commandLimitMs,
    });
    signal.throwIfAborted();
    if (!failed) continue;
    const log = (all ?? '').trim().split('\n').slice(-shownLogLines).join('\n');
    const message = `${key}: \`${command.join(' ')}\` failed: ${shortMessage?.split('\n')[0]}\n${log}`;
    throw new HarnessError('cannot-measure', message, 'run it by hand with DATABASE_URL set');
  }
}

/** quick: what `run` does; smoke: each question once and briefly; ci: what `ci` asks. */
function scenariosOf(
  { load, targets }: CheckedConfig,
  { service, id: workload }: Workload,
): ReadonlyMap<string, Scenario> {
  const entry: Scenario['entries'][number] = {
    ...{ service, workload, ratesPerSec: [...load.rates], temperature: 'warm', cluster: null },
    trialCount: load.trials,
    loadPlan: {
      ...{ arrivals: load.arrivals, steps: null, drainMs: load.timeoutSec * 1_000, timeoutMs: load.timeoutSec * 1_000 },
      ...{ warmupCount: load.warmupCount, warmupRatePerSec: load.warmupRate ?? Math.min(...load.rates) },
      ...{ measureMs: load.durationSec * 1_000, maxInFlightCount: 1_024, connectionCount: load.connections },
    },
  };
  const scenario: Scenario = {
    ...{ id: 'quick', entries: [entry], includesOptional: false, primitives: null, idleMs: load.idleSec * 1_000 },
    description: `${service}: ${countOf(targets.length, 'target')} at ${load.rates.join(', ')} requests/s, ${countOf(load.trials, 'trial')} each`,
    ...{ workerCount: 1, databaseConnectionCount: 1, seed: load.seed },
  };
  const brief = { ...entry.loadPlan, measureMs: 2_000, warmupCount: Math.min(50, load.warmupCount) };
  const smoke = {
    ...scenario,
    id: 'smoke',
    description: `${service}: each question once, briefly`,
    entries: [{ ...entry, trialCount: 1, loadPlan: brief }],
  };
  return new Map([scenario, smoke, { ...scenario, id: 'ci' }].map((one) => [one.id, one]));
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import { readdir } from 'node:fs/promises';
import { join, matchesGlob, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type GatePolicy, gatePolicySchema } from '../model/gate-policy.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Implementation } from '../model/implementation.ts';
import type { Primitive } from '../model/primitive.ts';
import { type Scenario, scenarioSchema } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import { unknownName } from '../model/unknown-name.ts';
import type { Workload } from '../model/workload.ts';
import { moduleEnding } from '../os/module-ending.ts';
import { type LocatedImplementation, scanImplementations } from '../target/manifest.ts';
import { benchDir, checkoutFolders } from './paths.ts';
import type { DeclaredWorkload, Project } from './project.ts';

/** Of rows and requests where no scenario names one; every scenario of bench/ uses it too. */
export const defaultSeed = 20_260_101;

/** What a scenario names. */
export interface Declarations {
  readonly scenario: Scenario;
  /** By id. */
  readonly services: ReadonlyMap<string, Service>;
  /** By `${service}/${workload}`. */
  readonly workloads: ReadonlyMap<string, DeclaredWorkload>;
  /** Empty where the scenario measures none. */
  readonly primitives: readonly Primitive[];
}

export async function loadDeclarations(project: Project, scenario: Scenario): Promise<Declarations> {
  const services = new Map<string, Service>();
  const workloads = new Map<string, DeclaredWorkload>();
  for (const { service, workload } of scenario.entries) {
    services.set(service, await project.loadService(service));
    workloads.set(`${service}/${workload}`, await project.loadWorkload(service, workload));
  }
  const primitives = scenario.primitives === null ? [] : await loadPrimitives(scenario.primitives.ids);
  return { scenario, services, workloads, primitives };
}

async function loadScenario(id: string): Promise<Scenario> {
  const known = await scenarioIds();
  if (!known.includes(id)) throw unknownName('scenario', id, known);
  const { scenario } = await load(join(benchDir, 'scenarios', `${id}${moduleEnding}`));
  return scenarioSchema.parse(scenario);
}

function scenarioIds(): Promise<string[]> {
  return declarationIds(join(benchDir, 'scenarios'));
}

/** The gate policy of a file that exports it as `gate`. Throws HarnessError usage that names the field. */
export async function loadGate(path: string = join(benchDir, `gate${moduleEnding}`)): Promise<GatePolicy> {
  const { gate } = await load(resolve(path)).catch((error: Error) => {
    throw new HarnessError('usage', `cannot load ${path}: ${error.message}`, 'name a file that exports `gate`');
  });
  const checked = gatePolicySchema.safeParse(gate);
  if (checked.success) return checked.data;
  const [first] = checked.error.issues;
  const where = first?.path.join('.') || 'gate';
  throw new HarnessError('usage', `${path} is no gate policy: ${where}: ${first?.message}`, 'see bench/gate.ts');
}

export async function loadService(id: string): Promise<Service> {
  const known = await serviceIds();
  if (!known.includes(id)) throw unknownName('service that answers requests', id, known);
  const { service } = await load(join(benchDir, id, `service${moduleEnding}`));
  return service as Service;
}

function workloadPath(service: string, id: string): string {
  return join(benchDir, service, 'workloads', `${id}${moduleEnding}`);
}

function workloadIds(service: string): Promise<string[]> {
  return declarationIds(join(benchDir, service, 'workloads'));
}

export async function loadWorkload(service: string, id: string): Promise<DeclaredWorkload> {
  const known = await workloadIds(service);
  if (!known.includes(id)) throw unknownName('workload', id, known);
  const path = workloadPath(service, id);
  const { workload } = await load(path);
  return { ...(workload as Workload), module: { path, argument: null } };
}

/** Ids of workloads by service, as overrides ask for them. */
export async function workloadsByService(project: Project): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = (await project.serviceIds()).map(async (id) => [id, await project.workloadIds(id)] as const);
  return new Map(await Promise.all(entries));
}

function primitiveIds(): Promise<string[]> {
  return declarationIds(join(benchDir, 'primitives'));
}

/** The named primitives in their order; an empty list means all. */
export async function loadPrimitives(only: readonly string[]): Promise<Primitive[]> {
  const known = await primitiveIds();
  const unknown = only.find((id) => !known.includes(id));
  if (unknown !== undefined) throw unknownName('primitive', unknown, known);
  const ids = known.filter((id) => only.length === 0 || only.includes(id));
  const loaded = await Promise.all(
    ids.map(async (id) => (await load(join(benchDir, 'primitives', `${id}${moduleEnding}`))).primitive as Primitive),
  );
  return loaded.sort((a, b) => a.order - b.order);
}

/** Services that declare themselves with a service.ts. */
async function serviceIds(): Promise<string[]> {
  const folders = (await readdir(benchDir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const withDeclaration = await Promise.all(
    folders.map(async ({ name }) => ((await declarationIds(join(benchDir, name))).includes('service') ? name : null)),
  );
  return withDeclaration.filter((name) => name !== null).sort();
}

async function declarationIds(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(moduleEnding) && !name.endsWith('.d.ts'))
    .map((name) => name.slice(0, -moduleEnding.length))
    .sort();
}

function load(path: string): Promise<Record<string, unknown>> {
  return import(pathToFileURL(path).href);
}

/** paceline's own checkout, or what of it came with the package. */
export const checkoutProject: Project = {
  ...checkoutFolders,
  ...{ trackedFile: 'package.json', limit: null },
  ...{ scenarioIds, loadScenario, serviceIds, loadService, workloadIds, loadWorkload, loadGate },
  implementationFolders: ['impls'],
  locate: (_, folders) => scanImplementations(folders),
};

/** What a command line asks for. */
export interface Selection {
  /** Ids; none: what the scenario measures by default. */
  readonly globs: readonly string[];
  /** Of these too, by name or language; `all`: of every one. */
  readonly runtimes: readonly string[];
  /** Globs over names of variants, measured beside what is chosen; null: none. */
  readonly variants: readonly string[] | null;
}

/** The implementations that a run measures, of the scenario's services. */
export function selectImplementations(
  located: readonly LocatedImplementation[],
  scenario: Scenario,
  { globs, runtimes, variants }: Selection,
): LocatedImplementation[] {
  const services = new Set(scenario.entries.map(({ service }) => service));
  if (scenario.primitives !== null) services.add('primitives');
  const candidates = located.filter(({ implementation }) => services.has(implementation.service));
  assertKnownRuntimes(located, runtimes);
  const isChosen = ({ implementation }: LocatedImplementation) =>
    !implementation.optional || scenario.includesOptional || isOfRuntime(implementation, runtimes);
  const chosen =
    globs.length > 0 ? implementationsMatching(candidates, globs) : withoutVariants(candidates).filter(isChosen);
  return variants === null ? chosen : withVariantsOf(chosen, candidates, variants);
}

/** By the runtime's name, or by the language that it executes. */
function isOfRuntime({ runtime, language }: Implementation, names: readonly string[]): boolean {
  return names.includes('all') || names.includes(runtime.name) || names.includes(language);
}

function assertKnownRuntimes(located: readonly LocatedImplementation[], names: readonly string[]): void {
  const known = runtimeNames(located);
  for (const name of names) {
    if (!located.some(({ implementation }) => isOfRuntime(implementation, [name])))
      throw unknownName('runtime', name, [...known, 'all']);
  }
}

/** Of implementations, sorted. */
export function runtimeNames(located: readonly LocatedImplementation[]): string[] {
  return [...new Set(located.map(({ implementation }) => implementation.runtime.name))].sort();
}

export function withoutVariants(located: readonly LocatedImplementation[]): LocatedImplementation[] {
  return located.filter(({ implementation }) => implementation.variantOf === undefined);
}

/** Each chosen one, and behind it those of its variants whose name matches. */
function withVariantsOf(
  chosen: readonly LocatedImplementation[],
  candidates: readonly LocatedImplementation[],
  globs: readonly string[],
): LocatedImplementation[] {
  const ids = new Set(chosen.map(({ implementation }) => implementation.id));
  const possible = candidates.filter(({ implementation }) => ids.has(implementation.variantOf ?? ''));
  const names = [...new Set(possible.map(({ implementation }) => variantName(implementation)))].sort();
  for (const glob of globs) {
    if (!names.some((name) => matchesGlob(name, glob))) throw unknownName('variant', glob, names);
  }
  return candidates.filter(
    (one) =>
      ids.has(one.implementation.id) ||
      (possible.includes(one) && globs.some((glob) => matchesGlob(variantName(one.implementation), glob))),
  );
}

function variantName({ id }: Implementation): string {
  return id.slice(id.indexOf('@') + 1);
}

/** Those whose id matches one of the globs, variants only by a glob with an @; one that matches none is an unknown name. No glob: all but variants. */
export function implementationsMatching(
  candidates: readonly LocatedImplementation[],
  globs: readonly string[],
): LocatedImplementation[] {
  if (globs.length === 0) return withoutVariants(candidates);
  const requestedIds = idsMatching(
    candidates.map(({ implementation: { id } }) => id),
    globs,
  );
  return candidates.filter(({ implementation: { id } }) => requestedIds.includes(id));
}

/** The same of ids alone. */
export function idsMatching(ids: readonly string[], globs: readonly string[]): string[] {
  const isMatch = (id: string, glob: string) => id.includes('@') === glob.includes('@') && matchesGlob(id, glob);
  for (const glob of globs) {
    if (!ids.some((id) => isMatch(id, glob))) throw unknownName('implementation', glob, ids);
  }
  return ids.filter((id) => globs.some((glob) => isMatch(id, glob)));
}

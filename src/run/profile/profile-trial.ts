import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HarnessError } from '../../model/harness-error.ts';
import type { Profiler } from '../../model/implementation.ts';
import type { Profile } from '../../model/profile.ts';
import type { Service } from '../../model/service.ts';
import type { Trial, TrialSpec } from '../../model/trial.ts';
import { byFunction, sampledMs } from '../../profile/by-function.ts';
import { readCollapsed } from '../../profile/collapsed.ts';
import { type ProfileWindow, readCpuProfile } from '../../profile/cpuprofile.ts';
import { readPprof, writePprof } from '../../profile/pprof.ts';
import type { Stack } from '../../profile/stacks.ts';
import { writeFileAtomically } from '../../store/write-file.ts';
import { type LocatedImplementation, profiledImplementation } from '../../target/manifest.ts';
import { conformToVectors } from '../conform/conform.ts';
import type { Declarations } from '../declarations.ts';
import { build } from '../prepare.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { RunReporter } from '../reporter.ts';
import type { Session } from '../session/session.ts';
import { createTrialEnvironment } from '../trial/create-environment.ts';
import { runTrial } from '../trial/trial.ts';
import { ProfilerFailure, watchedByProfiler } from './profiler.ts';

export interface ProfileRequest {
  readonly spec: TrialSpec;
  /** As it was measured, without a profiler. */
  readonly prepared: PreparedImplementation;
  readonly declarations: Pick<Declarations, 'services' | 'workloads'>;
  readonly session: Session;
  /** What files are named below. */
  readonly rootDir: string;
  readonly cacheDir: string;
  /** The files' names begin with this. */
  readonly pathPrefix: string;
  readonly reporter: Pick<RunReporter, 'onStep' | 'onPhase'>;
}

/** Why there is no profile, said to whoever asked for one. */
class NoProfile extends Error {
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

/** One more trial under the profiler of its manifest. What goes wrong is data; an interruption is thrown. */
export async function profileTrial(request: ProfileRequest): Promise<Profile> {
  const { implementation, workload, loadPlan } = request.spec;
  const question = { implementation, workload, ratePerSec: loadPlan.ratePerSec };
  try {
    return { status: 'profiled', ...question, ...(await profiled(request)) };
  } catch (error) {
    request.session.signal.throwIfAborted();
    const { reason, remedy } = reasonOf(error);
    request.reporter.onStep(`no profile of ${implementation}: ${reason}. Remedy: ${remedy}`);
    return { status: 'missing', ...question, reason, remedy };
  }
}

function reasonOf(error: unknown): { reason: string; remedy: string } {
  if (error instanceof NoProfile || error instanceof HarnessError)
    return { reason: error.message, remedy: error.remedy };
  if (error instanceof ProfilerFailure)
    return {
      reason: error.message,
      remedy: 'a profiler that runs beside its target needs the right to trace it: run as root',
    };
  throw error;
}

type Found = Omit<Extract<Profile, { status: 'profiled' }>, 'status' | 'implementation' | 'workload' | 'ratePerSec'>;

async function profiled(request: ProfileRequest): Promise<Found> {
  const { session, spec, reporter } = request;
  const { profiler, prepared } = await prepareProfiled(request);
  const folder = await session.openDataFolder();
  try {
    await assertAnswersKept(await withFolder(prepared, join(folder.path, 'contract')), request);
    const place = join(folder.path, 'trial');
    const watched = await withFolder(prepared, place);
    reporter.onStep(`${spec.implementation}: one more trial, under its profiler`);
    const { trial, window } = await runWatched(watched, profiler, request);
    const stacks = await readStacks(place, profiler, window, request.rootDir);
    return { ...summaryOf(trial, stacks), files: await keepFiles(place, stacks, request) };
  } finally {
    await folder.dispose();
  }
}

interface Profiled {
  readonly profiler: Profiler;
  readonly prepared: PreparedImplementation;
}

async function prepareProfiled({ prepared, session, rootDir, cacheDir, reporter }: ProfileRequest): Promise<Profiled> {
  const located = profiledImplementation(prepared.located);
  const profiler = prepared.located.implementation.profile;
  if (located === null || profiler === undefined)
    throw new NoProfile(
      `its impl.json names no profiler`,
      'add the field "profile": docs/how-to/profile-a-change.md shows it for each language',
    );
  const { preparedImplementation } = await build(session, located, prepared.toolchain, {
    ...{ rootDir, cacheDir, onStep: reporter.onStep },
  });
  return { profiler, prepared: preparedImplementation };
}

/** With {profile} filled in: the other placeholders are the target's own affair. */
async function withFolder(prepared: PreparedImplementation, folder: string): Promise<PreparedImplementation> {
  await mkdir(folder, { recursive: true });
  const filled = (text: string) => text.replaceAll('{profile}', folder);
  const { command, env, profile, ...rest } = prepared.located.implementation;
  const located: LocatedImplementation = {
    ...prepared.located,
    implementation: {
      ...rest,
      command: command.map(filled),
      env: Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filled(text)])),
      ...(profile === undefined ? {} : { profile: { ...profile, attach: profile.attach?.map(filled) } }),
    },
  };
  return { ...prepared, located };
}

/** A profiler that changes what is answered profiles another program. */
async function assertAnswersKept(prepared: PreparedImplementation, request: ProfileRequest): Promise<void> {
  const service = serviceOf(request);
  if (service.contractDir === null) return;
  const { session, spec } = request;
  const { failures } = await conformToVectors({
    ...{ preparedImplementation: prepared, service, seed: spec.loadPlan.seed, session },
  });
  const [first] = failures;
  if (first === undefined) return;
  const others = failures.length === 1 ? '' : ` (and ${failures.length - 1} more)`;
  throw changedAnswers(`${first}${others}`);
}

function changedAnswers(what: string): NoProfile {
  return new NoProfile(
    `under its profiler it does not answer as without: ${what}`,
    'correct the field "profile" of its impl.json, or take another profiler',
  );
}

function serviceOf({ declarations, spec }: ProfileRequest): Service {
  const service = declarations.services.get(spec.service);
  if (service === undefined) throw new Error(`a profile of the unknown ${spec.service}`);
  return service;
}

interface WatchedTrial {
  readonly trial: Trial;
  readonly window: ProfileWindow;
}

async function runWatched(
  prepared: PreparedImplementation,
  profiler: Profiler,
  request: ProfileRequest,
): Promise<WatchedTrial> {
  const { spec, session, declarations, reporter } = request;
  const service = serviceOf(request);
  const workload = declarations.workloads.get(`${spec.service}/${spec.workload}`);
  if (workload === undefined) throw new Error(`a profile of the unknown ${spec.workload}`);
  const own = createTrialEnvironment({
    ...{ spec, service, workload, preparedImplementation: prepared, session, observer: reporter },
  });
  const watched = watchedByProfiler(own, prepared.located.implementation.profile ?? profiler, prepared, session);
  const trial = await runTrial(spec, service.database?.invariants ?? [], watched.environment);
  await watched.end();
  const window = watched.window();
  if (window === null || !isUsable(trial)) throw changedAnswers(failureText(trial));
  return { trial, window };
}

/** Writing a profile at the end is work after the window; and a noisy machine changes few shares. */
function isUsable(trial: Trial): boolean {
  return trial.status !== 'failed' || trial.code === 'deferred-work';
}

function failureText(trial: Trial): string {
  return trial.status === 'failed' ? `${trial.code}: ${trial.message}` : 'its window never opened';
}

const endings: Readonly<Record<Profiler['format'], string>> = {
  cpuprofile: '.cpuprofile',
  pprof: '.pb.gz',
  collapsed: '.txt',
};

async function readStacks(
  folder: string,
  { format }: Profiler,
  window: ProfileWindow,
  rootDir: string,
): Promise<Stack[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(endings[format]));
  const all: Stack[] = [];
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    if (format === 'pprof') all.push(...readPprof(bytes, rootDir));
    else if (format === 'collapsed') all.push(...readCollapsed(bytes.toString('utf8'), rootDir));
    else all.push(...readCpuProfile(bytes.toString('utf8'), window, rootDir));
  }
  if (all.length > 0) return all;
  throw new NoProfile(
    names.length === 0 ? `its profiler wrote no ${endings[format]} file` : 'its profiler saw nothing in the window',
    'see what the profiler prints, with the command of "profile" in its impl.json',
  );
}

function summaryOf({ measurement }: Trial, stacks: readonly Stack[]): Omit<Found, 'files'> {
  const requestCount = measurement?.load?.counts.sentCount ?? 0;
  const cpu = measurement?.cpu.target ?? null;
  if (cpu === null || requestCount === 0)
    throw new NoProfile('no CPU of its requests was counted', 'profile a question with a rate');
  return {
    requestCount,
    cpuMs: (cpu.totalMs / requestCount) * 1000,
    sampledMs: (sampledMs(stacks) / requestCount) * 1000,
    functions: byFunction(stacks, requestCount),
  };
}

/** What the profiler wrote, and the same stacks of the window for pprof. */
async function keepFiles(folder: string, stacks: readonly Stack[], request: ProfileRequest): Promise<string[]> {
  const base = `${request.pathPrefix}.profile-${request.spec.implementation.replace('@', '-')}`;
  const kept = [`${base}.pb.gz`];
  await writeFileAtomically(`${base}.pb.gz`, writePprof(stacks));
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.pb.gz')).sort();
  for (const [index, name] of names.entries()) {
    const path = `${base}-${index + 1}${name.slice(name.lastIndexOf('.'))}`;
    await writeFileAtomically(path, await readFile(join(folder, name)));
    kept.push(path);
  }
  return kept.map((path) => basename(path));
}

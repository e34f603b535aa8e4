import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Primitive, PrimitiveFacts } from '../model/primitive.ts';
import { type RunResult, schemaVersion } from '../model/run-result.ts';
import { changedPaths, commitSubject, git, resolveCommit } from '../os/git.ts';
import type { Declarations } from './declarations.ts';
import { rootDir as packageDir } from './paths.ts';
import type { PreparedSet } from './prepared-implementation.ts';
import type { Project } from './project.ts';
import type { Session } from './session/session.ts';

/** A result before its first trial. */
export async function initialResult(
  { scenario, workloads, primitives }: Declarations,
  { preparations, warnings }: Pick<PreparedSet, 'preparations' | 'warnings'>,
  origin: Pick<RunResult, 'command' | 'commit' | 'ranking'>,
  session: Session,
): Promise<RunResult> {
  return {
    schemaVersion,
    runId: crypto.randomUUID(),
    state: 'running',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    ...origin,
    machine: session.machine,
    versions: { node: process.versions.node, paceline: await packageVersion() },
    scenario,
    workloads: [...workloads.values()].map(({ service, id, version, description }) => ({
      ...{ service, id, version, description },
    })),
    database: session.databaseFacts(),
    implementations: [...preparations],
    plannedTrialCount: 0,
    trials: [],
    primitiveFacts: primitives.map(primitiveFactsOf),
    plannedPrimitiveCount: 0,
    primitives: [],
    profiles: [],
    warnings: [...session.warnings(), ...warnings],
  };
}

function primitiveFactsOf({ order, sizes, usesData, programs, cases, ...facts }: Primitive): PrimitiveFacts {
  const flat = Object.entries(cases).flatMap(([language, own]) => own.map((one) => ({ language, ...one })));
  return { ...facts, cases: flat };
}

export async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The commit that holds this project, and whether the project differs from it; null where no commit does. */
export async function currentCommit({
  rootDir,
  trackedFile,
}: Pick<Project, 'rootDir' | 'trackedFile'>): Promise<RunResult['commit']> {
  // Below somebody's repository, ignored or unpacked there, it is no part of what that repository says.
  const isForeign =
    trackedFile !== null && (await git(rootDir, ['ls-files', '--error-unmatch', '--', trackedFile])).failed;
  const sha = isForeign ? null : await resolveCommit(rootDir, 'HEAD');
  if (sha === null) return null;
  const changed = await changedPaths(rootDir, ['.']);
  return { sha, subject: await commitSubject(rootDir, sha), dirty: changed.length > 0 };
}

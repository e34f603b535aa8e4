import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Primitive, PrimitiveFacts } from '../model/primitive.ts';
import { type Preparation, type RunResult, schemaVersion } from '../model/run-result.ts';
import { git } from '../os/git.ts';
import type { Declarations } from './declarations.ts';
import { rootDir } from './paths.ts';
import type { Session } from './session/session.ts';

/** A result before its first trial. */
export async function initialResult(
  { scenario, workloads, primitives }: Declarations,
  implementations: readonly Preparation[],
  origin: Pick<RunResult, 'command' | 'commit'>,
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
    implementations: [...implementations],
    plannedTrialCount: 0,
    trials: [],
    primitiveFacts: primitives.map(primitiveFactsOf),
    plannedPrimitiveCount: 0,
    primitives: [],
    warnings: [...session.warnings()],
  };
}

function primitiveFactsOf({ order, sizes, usesData, programs, cases, ...facts }: Primitive): PrimitiveFacts {
  const flat = Object.entries(cases).flatMap(([language, own]) => own.map((one) => ({ language, ...one })));
  return { ...facts, cases: flat };
}

async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(rootDir, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The checkout's commit, or null outside a git work tree. */
export async function currentCommit(): Promise<RunResult['commit']> {
  const log = await git(rootDir, ['log', '-1', '--format=%H%x00%s']);
  if (log.failed) return null;
  const [sha = '', subject = ''] = log.stdout.split('\0');
  const status = await git(rootDir, ['status', '--porcelain']);
  return { sha, subject, dirty: !status.failed && status.stdout !== '' };
}

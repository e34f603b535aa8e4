import { join } from 'node:path';
import type { Service } from '../model/service.ts';
import { runVectors, type VectorFailure } from '../target/conformance.ts';
import { benchDir } from './paths.ts';
import type { ConformanceOutcome, Startable } from './prepare.ts';
import type { Session } from './session.ts';
import { startInGroup } from './target-group.ts';
import { TrialFailure } from './trial-failure.ts';

/** How a target is set up for its vectors, which may name these as variables. */
export const conformanceSize = { workerCount: 2, dbPoolTotal: 8 };

/** Starts the implementation on a fresh copy, runs its service's vectors against it, stops it. */
export async function conformToVectors(
  startable: Startable,
  service: Service,
  seed: number,
  session: Session,
): Promise<ConformanceOutcome> {
  const environment = service.environment({ ...conformanceSize, seed });
  const database = await session.copyDatabase(service, seed);
  try {
    const started = await startInGroup({
      startable,
      environment,
      databaseUrl: database?.url ?? null,
      limit: null,
      session,
    });
    try {
      const { checkCount, failures } = await runVectors({
        baseUrl: started.target.baseUrl,
        vectorsDir: join(benchDir, service.id, 'vectors'),
        variables: { ...environment, ...service.vectorVariables(seed) },
        signal: session.signal,
      });
      return { checkCount, failures: failures.map(failureText) };
    } finally {
      await started.dispose();
    }
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    return { checkCount: 0, failures: [`${error.message}\n${error.logTail}`] };
  } finally {
    await database?.drop();
  }
}

export function failureText({ file, vector, step, expected, got }: VectorFailure): string {
  return `${file}: ${vector}: step ${step}: expected ${expected}, got ${got}`;
}

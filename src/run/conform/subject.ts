import { join } from 'node:path';
import type { CheckOptions } from '../../conformance/checks/check-result.ts';
import type { TrialDatabase } from '../../database/trial-database.ts';
import type { CountedLoadRecord, WireAnswer } from '../../model/run-result.ts';
import type { Service } from '../../model/service.ts';
import { benchDir } from '../paths.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { openTarget } from '../trial/running-target.ts';
import type { TargetGroup } from '../trial/target-group.ts';

/** What is checked against a contract, and where. */
export interface ConformanceSubject {
  readonly preparedImplementation: PreparedImplementation;
  readonly service: Service;
  readonly seed: number;
  readonly session: Session;
}

/** Throws Error for a service without a contract. */
export function contractDirOf({ id, contractDir = join(benchDir, id) }: Service): string {
  if (contractDir === null) throw new Error(`${id} has no contract`);
  return contractDir;
}

/** A part of the contract: what it is called, what was found, and what could not be checked. */
export interface ConformancePart {
  readonly title: string;
  readonly checkCount: number;
  readonly failures: readonly string[];
  /** null: all of it was checked. */
  readonly notChecked: string | null;
}

export interface ConformanceOutcome {
  readonly checkCount: number;
  readonly failures: readonly string[];
  /** Of the statements that it sent; null: not known. */
  readonly statementsHash: string | null;
  readonly countedLoad: CountedLoadRecord | null;
  /** null: the service names no answers that are compared. */
  readonly wire: readonly WireAnswer[] | null;
}

/** How a target is set up for its checks, which may name these as variables. */
export const conformanceSize = { workerCount: 2, dbPoolTotal: 8 } as const;

export interface RunningSubject extends CheckOptions {
  readonly started: TargetGroup;
  readonly database: TrialDatabase | null;
  readonly countsStatements: boolean;
  /** Ends it and drops its copy. */
  dispose(): Promise<void>;
}

/** Starts it on a fresh copy of its database, both in the cleanup registry. A target that does not get ready is a TrialFailure. */
export async function startSubject(
  { preparedImplementation, service, seed, session }: ConformanceSubject,
  prepareDatabase: (database: TrialDatabase | null) => Promise<void> = async () => {},
): Promise<RunningSubject> {
  const environment = service.environment({ ...conformanceSize, seed, cluster: null });
  const database = await session.copyDatabase(service, seed);
  try {
    await prepareDatabase(database);
    const countsStatements = (await database?.enableStatements()) ?? false;
    const databaseUrl = database?.url ?? (await service.resetOwnDatabase?.(session.signal)) ?? null;
    const usesDataDir = service.isCluster;
    const started = await openTarget({
      ...{ preparedImplementation, environment, databaseUrl, usesDataDir, session },
      limit: null,
    });
    const dispose = async () => {
      await started.dispose();
      await database?.drop();
    };
    const variables = { ...environment, ...service.vectorVariables(seed) };
    const { baseUrl } = started.target;
    return { started, database, countsStatements, baseUrl, variables, signal: session.signal, dispose };
  } catch (error) {
    await database?.drop();
    throw error;
  }
}

import type { CountedLoadRecord } from '../../model/run-result.ts';
import type { Service } from '../../model/service.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';

/** What is checked against a contract, and where. */
export interface ConformanceSubject {
  readonly preparedImplementation: PreparedImplementation;
  readonly service: Service;
  readonly seed: number;
  readonly session: Session;
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
}

/** How a target is set up for its checks, which may name these as variables. */
export const conformanceSize = { workerCount: 2, dbPoolTotal: 8 } as const;

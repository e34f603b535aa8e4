import type { ClusterSpec } from './cluster.ts';
import type { Acknowledged } from './workload.ts';

export interface SqlStatement {
  readonly sql: string;
  readonly values: readonly (string | number | readonly string[] | readonly number[])[];
}

/** A count in the database that must follow from what the target acknowledged. */
export interface RowInvariant {
  readonly id: string;
  /** One row, one column: a count. Run on the fresh copy and again after the load. */
  readonly sql: string;
  /** The minimum and the maximum count that agree with the answers. */
  expected(beforeCount: number, acknowledged: Acknowledged): { readonly minCount: number; readonly maxCount: number };
}

export interface ServiceDatabase {
  /** Beside service.ts, or absolute; null: `fill` makes the schema. */
  readonly schemaFile: string | null;
  /** Beyond the statements: programs that are given the database's address. */
  fill?(databaseUrl: string, signal: AbortSignal): Promise<void>;
  /** No contract bounds what the service makes of it: it gets the administrator's rights on its copy. */
  readonly isUnbounded?: true;
  /** Fills the template, the same for the same seed. */
  seedStatements(seed: number): readonly SqlStatement[];
  readonly invariants: readonly RowInvariant[];
}

/** A load whose statements are counted as a whole: whoever changes its ways after a hundred requests is found out. */
export interface CountedLoad {
  readonly workload: string;
  /** How many statements a request of each operation costs. */
  readonly statementsByOperation: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
}

interface EnvironmentContext {
  /** null: whatever the service checks its contract with. */
  readonly cluster: ClusterSpec | null;
  readonly workerCount: number;
  readonly dbPoolTotal: number;
  readonly seed: number;
}

/** What a service is, as a declaration in bench/<id>/service.ts, exported under the name `service`. */
export interface Service {
  readonly id: string;
  /** Results of different contract versions are never compared. */
  readonly contractVersion: number;
  /** Where its vectors lie; absent: bench/<id>; null: it has none. Unless it is absent, each request of its workload is tried once. */
  readonly contractDir?: string | null;
  readonly database: ServiceDatabase | null;
  /** A database of the user's own, made ready for one trial; its address. Absent: there is none. */
  resetOwnDatabase?(signal: AbortSignal): Promise<string>;
  /** Whether it is a cluster in one program: each target gets an empty folder in DATA_DIR, and its nodes are crashed in checks. */
  readonly isCluster: boolean;
  /** The service's environment beyond HOST, PORT and DATABASE_URL. */
  environment(context: EnvironmentContext): Readonly<Record<string, string>>;
  /** Values that vectors may name as ${…}: seeded tokens, users and files. */
  vectorVariables(seed: number): Readonly<Record<string, string>>;
  /** Most statements a successful request may cost, by route; null: not checked. */
  readonly statementBudgets: Readonly<Record<string, number>> | null;
  /** null: none is counted. */
  readonly countedLoad: CountedLoad | null;
}

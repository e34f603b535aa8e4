import postgres from 'postgres';
import { HarnessError } from '../model/harness-error.ts';

export type Connection = postgres.Sql;

/**
 * One connection for the length of a task. The harness holds none between tasks: an open one would be a process of the
 * database within a measured window, and would keep its database from being used as a template. Arrays are passed as text
 * (`arrayText`): postgres.js learns their types by a query of its own, whose failure nobody could catch.
 */
export async function withConnection<T>(url: string, use: (sql: Connection) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10, prepare: false, fetch_types: false });
  try {
    const answer = await use(sql);
    await sql.end({ timeout: 5 });
    return answer;
  } catch (error) {
    // postgres.js takes a query that was lost with its connection for one still running: not waited for.
    await sql.end({ timeout: 0 });
    throw error;
  }
}

/** As PostgreSQL reads an array; the statement says of what: `$1::text[]`. */
export function arrayText(values: readonly (string | number)[]): string {
  return `{${values.map((value) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** The same server, another database and perhaps another role. A role's URL carries no parameters. */
export function databaseUrl(adminUrl: string, database: string, role?: { name: string; password: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (role !== undefined) {
    url.username = role.name;
    url.password = role.password;
    url.search = '';
  }
  return url.href;
}

const logTailCharacterCount = 2_000;

/** PostgreSQL's SQLSTATE and libc's words for a full disk. */
const diskFullPattern = /53100|ENOSPC|No space left on device/;

interface FailureDetail {
  /** Of the server; its end is shown. */
  readonly log?: string;
  readonly remedy?: string;
}

/** What went wrong with the database, as a user can act on it. */
export function databaseError(what: string, cause: unknown, { log = '', remedy }: FailureDetail = {}): HarnessError {
  if (cause instanceof HarnessError) return cause;
  const next = remedy ?? 'fix what the reason above names, then run again';
  return failure(`${what}: ${describe(cause)}`, log, next, cause);
}

/** A server that goes down tells its clients nothing but that: why, its log says. */
export function withServerLog(error: unknown, log: string): unknown {
  if (!(error instanceof HarnessError) || error.code !== 'database-unavailable') return error;
  return failure(error.message, log, error.remedy, error);
}

function failure(reason: string, log: string, remedy: string, cause: unknown): HarnessError {
  const tail = log.slice(-logTailCharacterCount).trim();
  const message = [reason, tail && `the server's log ends with:\n${tail}`].filter(Boolean).join('\n');
  if (!diskFullPattern.test(message)) return new HarnessError('database-unavailable', message, remedy, { cause });
  const room = 'free at least 3 GB where temporary files go (TMPDIR chooses where)';
  return new HarnessError('disk-full', message, room, { cause });
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? ` (${cause.code})` : '';
  return `${cause.message || cause.name}${code}`;
}

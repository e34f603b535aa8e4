import { HarnessError } from '../model/harness-error.ts';

const logTailCharacterCount = 2_000;

/** PostgreSQL's SQLSTATE and libc's words for a full disk. */
const diskFullSigns = /53100|ENOSPC|No space left on device/;

export interface FailureDetail {
  /** Of the server; its end is shown. */
  readonly log?: string;
  readonly remedy?: string;
}

/** What went wrong with the database, as a user can act on it. */
export function databaseError(what: string, cause: unknown, { log = '', remedy }: FailureDetail = {}): HarnessError {
  if (cause instanceof HarnessError) return cause;
  const next = remedy ?? 'mend what the reason above names, then run again';
  return failure(`${what}: ${describe(cause)}`, log, next, cause);
}

/** A server that goes down tells its clients nothing but that: why, its log says. */
export function explainedByLog(error: unknown, log: string): unknown {
  if (!(error instanceof HarnessError) || error.code !== 'database-unavailable') return error;
  return failure(error.message, log, error.remedy, error);
}

function failure(reason: string, log: string, remedy: string, cause: unknown): HarnessError {
  const tail = log.slice(-logTailCharacterCount).trim();
  const message = [reason, tail && `the server's log ends with:\n${tail}`].filter(Boolean).join('\n');
  if (!diskFullSigns.test(message)) return new HarnessError('database-unavailable', message, remedy, { cause });
  const room = 'free at least 3 GB where temporary files go (TMPDIR chooses where)';
  return new HarnessError('disk-full', message, room, { cause });
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? ` (${cause.code})` : '';
  return `${cause.message || cause.name}${code}`;
}

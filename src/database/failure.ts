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
  const reason = describe(cause);
  const tail = log.slice(-logTailCharacterCount).trim();
  const message = [`${what}: ${reason}`, tail && `the server's log ends with:\n${tail}`].filter(Boolean).join('\n');
  if (diskFullSigns.test(`${reason}\n${tail}`)) {
    return new HarnessError(
      'disk-full',
      message,
      'free at least 3 GB where temporary files go (TMPDIR chooses where)',
      {
        cause,
      },
    );
  }
  const next = remedy ?? 'mend what the reason above names, then run again';
  return new HarnessError('database-unavailable', message, next, { cause });
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? ` (${cause.code})` : '';
  return `${cause.message || cause.name}${code}`;
}

import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';

/** The user PostgreSQL runs as, in the form a spawn takes. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', 'nobody'];

/** PostgreSQL refuses root: an existing unprivileged user when we are root, null (ourselves) when not. Creates no user. */
export async function findAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of candidates) {
    const account = await lookUp(name);
    if (account !== null) return account;
  }
  throw new HarnessError(
    'database-unavailable',
    `PostgreSQL does not run as root, and this machine has none of the users ${candidates.join(', ')}`,
    'run paceline as an ordinary user, or set DATABASE_URL to a PostgreSQL 18 of your own',
  );
}

/** Asks `id`, which knows every name service, not only /etc/passwd. */
async function lookUp(name: string): Promise<Account | null> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execa('id', [flag, name], { reject: false })));
  if (uid?.exitCode !== 0 || gid?.exitCode !== 0) return null;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** The spawn options that make a child this account. */
export function runAs(account: Account | null): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/** Whether the account may enter a directory: a 0700 home anywhere above it says no. */
export async function canEnter(account: Account | null, directory: string): Promise<boolean> {
  const result = await execa('test', ['-x', directory], { ...runAs(account), cwd: '/', reject: false });
  return result.exitCode === 0;
}

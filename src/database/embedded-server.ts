import { randomBytes, randomInt } from 'node:crypto';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';
import { lowestEphemeralPort, lowestPort } from '../os/port.ts';
import { findAccount, installBinaries, runAs } from './binaries.ts';
import { databaseError, withServerLog } from './connection.ts';
import type { DatabaseServer, DatabaseServerOptions } from './database-server.ts';
import { directoryPrefix, removeServerFiles } from './orphan-cleanup.ts';
import {
  becomesReady,
  type DatabaseFiles,
  type Postmaster,
  readLog,
  spawnPostmaster,
  stopPostmaster,
} from './postmaster.ts';
import { embeddedSettings, readFacts } from './server-settings.ts';
import { createDatabaseNamespace } from './template.ts';

const superuser = 'postgres';
const portAttemptCount = 8;

/** A PostgreSQL of our own, on a port and a data directory of its own, gone with `stop`. */
export async function openEmbeddedServer(options: DatabaseServerOptions): Promise<DatabaseServer> {
  const { signal, onProgress } = options;
  onProgress('preparing PostgreSQL');
  const account = await findAccount();
  const binaries = await installBinaries(options.cacheDir, account);
  const directory = await makeDirectory();
  const cluster: DatabaseFiles = { binaries, account, directory };
  let running: { postmaster: Postmaster; port: number } | null = null;
  try {
    const password = await initialise(cluster, signal);
    onProgress('starting PostgreSQL');
    running = await startOnFreePort(cluster, options);
    const adminUrl = `postgres://${superuser}:${password}@127.0.0.1:${running.port}/postgres`;
    const facts = await readFacts(adminUrl);
    return embeddedServer(cluster, options, running, { adminUrl, ...facts });
  } catch (error) {
    const log = await readLog(directory);
    if (running !== null) await stopPostmaster(running.postmaster, { isHurried: signal.aborted });
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    throw signal.aborted ? signal.reason : databaseError('the embedded PostgreSQL does not start', error, { log });
  }
}

async function makeDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), directoryPrefix));
  } catch (cause) {
    const remedy = 'set TMPDIR to a folder that can be written and has 3 GB of room';
    const { code } = cause as NodeJS.ErrnoException;
    const message = `cannot make a folder for the database in ${tmpdir()} (${code})`;
    throw new HarnessError('database-unavailable', message, remedy, { cause });
  }
}

function embeddedServer(
  cluster: DatabaseFiles,
  options: DatabaseServerOptions,
  first: { postmaster: Postmaster; port: number },
  known: { adminUrl: string; version: string; settings: Record<string, string> },
): DatabaseServer {
  let { postmaster } = first;
  // Whatever is being asked of it ends too: filling a template takes longer than anybody waits who wants an end.
  const hurry = () => postmaster.signal('SIGQUIT');
  options.signal.addEventListener('abort', hurry, { once: true });
  const namespace = createDatabaseNamespace(known.adminUrl);
  const explained = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch(async (error: unknown) => {
      throw withServerLog(error, await readLog(cluster.directory));
    });
  return {
    kind: 'embedded',
    ...known,
    warnings: [],
    get pid() {
      return postmaster.record.pid;
    },
    async prepareTemplate(...service) {
      const template = await explained(namespace.prepareTemplate(...service));
      return { copy: () => explained(template.copy()) };
    },
    outage: {
      begin: () => stopPostmaster(postmaster),
      async end() {
        postmaster = start(cluster, first.port, options);
        if (await becomesReady(postmaster, options.signal)) return;
        const log = await readLog(cluster.directory);
        throw databaseError('PostgreSQL does not start again', 'it was not ready in time', { log });
      },
    },
    async stop() {
      options.signal.removeEventListener('abort', hurry);
      await stopPostmaster(postmaster, { isHurried: options.signal.aborted });
      await removeServerFiles(postmaster.record);
    },
  };
}

/** Makes the cluster's files; returns the superuser's password. */
async function initialise({ binaries, account, directory }: DatabaseFiles, signal: AbortSignal): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== null) {
    for (const path of [directory, passwordFile]) await chown(path, account.uid, account.gid);
  }
  const settings = Object.entries(embeddedSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['-U', superuser, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  // The files need not survive a power cut before the server has even started: not synced.
  const cluster = ['-D', join(directory, 'data'), '--no-sync', '--no-instructions'];
  await execa(binaries.initdb, [...cluster, ...access, ...locale, ...settings], {
    ...runAs(account),
    cwd: directory,
    env: { LC_ALL: 'C' },
    extendEnv: false,
    all: true,
    cancelSignal: signal,
  });
  await rm(passwordFile);
  return password;
}

function start(cluster: DatabaseFiles, port: number, options: DatabaseServerOptions): Postmaster {
  const postmaster = spawnPostmaster(cluster, port, options.joinPaths);
  options.onStarted(postmaster.record);
  return postmaster;
}

/**
 * PostgreSQL refuses port 0, so ports are tried, below the range of outgoing connections; a taken one shows in the log.
 */
async function startOnFreePort(
  cluster: DatabaseFiles,
  options: DatabaseServerOptions,
): Promise<{ postmaster: Postmaster; port: number }> {
  const highestPort = await lowestEphemeralPort();
  for (let attempt = 1; ; attempt++) {
    const port = randomInt(lowestPort, highestPort);
    const postmaster = start(cluster, port, options);
    try {
      if (await becomesReady(postmaster, options.signal)) return { postmaster, port };
    } catch (error) {
      await stopPostmaster(postmaster, { isHurried: options.signal.aborted });
      throw error;
    }
    await stopPostmaster(postmaster);
    const log = await readLog(cluster.directory);
    if (attempt === portAttemptCount || !/could not bind|in use/i.test(log)) throw new Error('it ended at once');
  }
}

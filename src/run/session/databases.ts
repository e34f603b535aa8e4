import { resolve } from 'node:path';
import type { DatabaseServer } from '../../database/database-server.ts';
import { openDatabaseServer } from '../../database/open-database-server.ts';
import type { Template } from '../../database/template.ts';
import type { TrialDatabase } from '../../database/trial-database.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { Service } from '../../model/service.ts';
import type { CgroupLayout } from '../../probe/cgroup-layout.ts';
import { openProbe, type Probe, type ProbeMethod } from '../../probe/probe.ts';
import { benchDir } from '../paths.ts';
import type { CleanupRegistry } from './cleanup-registry.ts';
import { noGroup, openTrackedGroup } from './tracked-resources.ts';

interface SessionDatabasesOptions {
  /** null: an embedded server. */
  readonly databaseUrl: string | null;
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly probe: ProbeMethod | null;
  readonly layout: CgroupLayout | null;
  readonly registry: CleanupRegistry;
  onStep(text: string): void;
}

/** The database server of a session and its templates; opened when it is first needed. */
export interface SessionDatabases {
  /** Makes the service's template, once; nothing for a service without a database. */
  openTemplate(service: Service, seed: number): Promise<void>;
  /** A fresh copy; a database server that was lost since is started anew, once. null for a service without one. */
  copyDatabase(service: Service, seed: number): Promise<TrialDatabase | null>;
  databaseServer(): DatabaseServer | null;
  /** null where the database is not ours to measure. */
  databaseProbe(): Probe | null;
  databaseFacts(): RunResult['database'];
  closeDatabases(): Promise<void>;
}

interface OpenServer {
  readonly server: DatabaseServer;
  readonly probe: Probe | null;
  readonly templates: Map<string, Template>;
  close(): Promise<void>;
}

export function createSessionDatabases(options: SessionDatabasesOptions): SessionDatabases {
  let open: OpenServer | null = null;
  const template = async (service: Service, seed: number): Promise<Template | null> => {
    if (service.database === null) return null;
    open ??= await openServer(options);
    return templateOf(open, service, service.database, seed, options);
  };
  const close = async () => {
    const closing = open;
    open = null;
    await closing?.close();
  };
  const copy = async (service: Service, seed: number) => (await (await template(service, seed))?.copy()) ?? null;
  return {
    async openTemplate(service, seed) {
      await template(service, seed);
    },
    async copyDatabase(service, seed) {
      try {
        return await copy(service, seed);
      } catch (error) {
        // Not lost: an interruption ends the server.
        options.signal.throwIfAborted();
        if (!isDatabaseLost(error) || open?.server.kind !== 'embedded') throw error;
        options.onStep('the database server was lost: starting another');
        await close();
        return copy(service, seed);
      }
    },
    databaseServer: () => open?.server ?? null,
    databaseProbe: () => open?.probe ?? null,
    databaseFacts: () => factsOf(open?.server ?? null),
    closeDatabases: close,
  };
}

async function templateOf(
  { server, templates }: OpenServer,
  { id }: Service,
  database: NonNullable<Service['database']>,
  seed: number,
  options: Pick<SessionDatabasesOptions, 'signal' | 'onStep'>,
): Promise<Template> {
  const known = templates.get(id);
  if (known !== undefined) return known;
  options.onStep(`filling the template database of ${id}`);
  const made = await server.prepareTemplate(database, schemaPathOf(id, database), seed, options.signal);
  templates.set(id, made);
  return made;
}

function schemaPathOf(id: string, { schemaFile }: NonNullable<Service['database']>): string | null {
  return schemaFile === null ? null : resolve(benchDir, id, schemaFile);
}

function isDatabaseLost(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'database-unavailable';
}

function factsOf(server: DatabaseServer | null): RunResult['database'] {
  if (server === null) return null;
  const { kind, version, settings } = server;
  return { kind, version, settings: { ...settings } };
}

async function openServer(options: SessionDatabasesOptions): Promise<OpenServer> {
  const { databaseUrl, cacheDir, signal, probe, layout, registry, onStep } = options;
  const tracked = databaseUrl === null ? await openTrackedGroup(layout, registry) : noGroup;
  let release = () => {};
  try {
    const server = await openDatabaseServer({
      databaseUrl,
      cacheDir,
      signal,
      joinPaths: tracked.group?.joinPaths ?? [],
      onProgress: onStep,
      onStarted(record) {
        release();
        release = registry.add({ kind: 'database', ...record });
      },
    });
    return {
      server,
      probe: server.pid === null ? null : openProbe({ group: tracked.group, rootPid: server.pid, force: probe }),
      templates: new Map(),
      async close() {
        await server.stop();
        release();
        await tracked.dispose();
      },
    };
  } catch (error) {
    release();
    await tracked.dispose();
    throw error;
  }
}

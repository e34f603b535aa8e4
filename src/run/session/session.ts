import { join } from 'node:path';
import { removeWorktree } from '../../ci/worktree.ts';
import { type DatabaseServer, openDatabaseServer } from '../../database/database-server.ts';
import { removeOrphan } from '../../database/orphan-cleanup.ts';
import type { Template } from '../../database/template.ts';
import type { TrialDatabase } from '../../database/trial-database.ts';
import { HarnessError } from '../../model/harness-error.ts';
import type { Machine, RunResult } from '../../model/run-result.ts';
import type { Service } from '../../model/service.ts';
import type { Warning } from '../../model/warning.ts';
import { signalGroup } from '../../os/child-process.ts';
import { processStartTicks } from '../../os/process-identity.ts';
import { createGroup, type ProcessGroup, removeOrphanGroup } from '../../probe/cgroup.ts';
import { type CgroupLayout, findCgroupLayout } from '../../probe/cgroup-layout.ts';
import { describeMachine } from '../../probe/machine.ts';
import { openProbe, type Probe, type ProbeMethod } from '../../probe/probe.ts';
import { benchDir, cacheDir as cacheDirOf } from '../paths.ts';
import {
  type CleanupEntry,
  type CleanupRegistry,
  cleanUpOrphans,
  isAlive,
  openCleanupRegistry,
} from './cleanup-registry.ts';
import { type DataFolder, makeDataFolder, removeDataFolder } from './tracked-resources.ts';

export interface SessionOptions {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly probe: ProbeMethod | null;
  /** The generator's loop that is asked for; none: the native one where it is known to work. */
  readonly transport?: 'native' | 'portable' | null;
  onStep(text: string): void;
}

/** A control group that is in the ledger while it stands; null groups are those of machines without any. */
export interface TrackedGroup {
  readonly group: ProcessGroup | null;
  /** Kills what is in it and removes it. */
  dispose(): Promise<void>;
}

/** What the trials of a run share: the database server, its templates, control groups, and the ledger of it all. */
export interface Session {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly machine: Machine;
  readonly probe: ProbeMethod | null;
  readonly transport: 'native' | 'portable' | null;
  readonly cleanupRegistry: CleanupRegistry;
  openGroup(): Promise<TrackedGroup>;
  /** An empty folder for one target's data. */
  openDataFolder(): Promise<DataFolder>;
  /** Makes the service's template, once; nothing for a service without a database. */
  openTemplate(service: Service, seed: number): Promise<void>;
  /** A fresh copy; a database server that was lost since is started anew, once. null for a service without one. */
  copyDatabase(service: Service, seed: number): Promise<TrialDatabase | null>;
  databaseServer(): DatabaseServer | null;
  /** null where the database is not ours to look into. */
  databaseProbe(): Probe | null;
  databaseFacts(): RunResult['database'];
  warnings(): readonly Warning[];
  close(): Promise<void>;
}

export async function openSession(options: SessionOptions): Promise<Session> {
  const { signal, env, onStep } = options;
  const cacheDir = cacheDirOf(env);
  const sweptCount = await cleanUpOrphans(cacheDir, removeOrphanEntry);
  if (sweptCount > 0) onStep(`put away ${sweptCount} leftovers of a run that was killed`);
  const ledger = openCleanupRegistry(cacheDir);
  const layout = findCgroupLayout();
  const databases = createSessionDatabases(options, cacheDir, ledger, layout);
  return {
    cacheDir,
    signal,
    machine: describeMachine(),
    probe: options.probe,
    transport: options.transport ?? null,
    cleanupRegistry: ledger,
    openGroup: () => openTrackedGroup(layout, ledger),
    openDataFolder: () => makeDataFolder(ledger),
    ...databases,
    warnings: () => [...(databases.databaseServer()?.warnings ?? []), ...groupWarnings(layout)],
    async close() {
      await databases.closeDatabases();
      ledger.close();
    },
  };
}

function groupWarnings(layout: CgroupLayout | null): Warning[] {
  if (layout !== null) return [];
  const message =
    'no control group could be made: CPU is read from /proc in 10 ms steps, and short-lived children may be missed';
  return [{ code: 'no-cgroup', message, advice: 'run as root, or in a session with delegated control groups' }];
}

/** Puts away one thing that a killed run has left; a pid counts only with its recorded start time. */
async function removeOrphanEntry(entry: CleanupEntry): Promise<void> {
  if (entry.kind === 'worktree') return removeWorktree(entry.repository, entry.path);
  if (entry.kind === 'cgroup') return removeOrphanGroup(entry.record);
  if (entry.kind === 'database') return removeOrphan(entry);
  if (entry.kind === 'folder') return removeDataFolder(entry.path);
  if (isAlive(entry)) signalGroup(entry.pid, 'SIGKILL');
}

async function openTrackedGroup(layout: CgroupLayout | null, ledger: CleanupRegistry): Promise<TrackedGroup> {
  if (layout === null) return noGroup;
  const group = createGroup(layout);
  const strike = await trackGroup(group, ledger);
  return {
    group,
    async dispose() {
      await group.kill();
      await group.remove();
      strike();
    },
  };
}

const noGroup: TrackedGroup = { group: null, dispose: async () => {} };

/** A group that cannot be noted must not stand. */
async function trackGroup(group: ProcessGroup, ledger: CleanupRegistry): Promise<() => void> {
  try {
    return ledger.add({ kind: 'cgroup', record: group.record });
  } catch (error) {
    await group.remove();
    throw error;
  }
}

/** Notes a process group that was started; the result strikes it out. */
export function trackProcessGroup(ledger: CleanupRegistry, pid: number): () => void {
  return ledger.add({ kind: 'process-group', pid, startTicks: processStartTicks(pid) });
}

type SessionDatabases = Pick<
  Session,
  'openTemplate' | 'copyDatabase' | 'databaseServer' | 'databaseProbe' | 'databaseFacts'
> & { closeDatabases(): Promise<void> };

interface OpenServer {
  readonly server: DatabaseServer;
  readonly probe: Probe | null;
  readonly templates: Map<string, Template>;
  close(): Promise<void>;
}

function createSessionDatabases(
  options: SessionOptions,
  cacheDir: string,
  ledger: CleanupRegistry,
  layout: CgroupLayout | null,
): SessionDatabases {
  let open: OpenServer | null = null;
  const ensureOpen = async (): Promise<OpenServer> => {
    open ??= await openServer(options, cacheDir, ledger, layout);
    return open;
  };
  const template = async (service: Service, seed: number): Promise<Template | null> => {
    if (service.database === null) return null;
    const { server, templates } = await ensureOpen();
    const known = templates.get(service.id);
    if (known !== undefined) return known;
    options.onStep(`filling the template database of ${service.id}`);
    const schemaPath = join(benchDir, service.id, service.database.schemaFile);
    const made = await server.prepareTemplate(service.database, schemaPath, seed);
    templates.set(service.id, made);
    return made;
  };
  const close = async () => {
    const closing = open;
    open = null;
    await closing?.close();
  };
  return {
    async openTemplate(service, seed) {
      await template(service, seed);
    },
    async copyDatabase(service, seed) {
      try {
        return (await (await template(service, seed))?.copy()) ?? null;
      } catch (error) {
        if (!isDatabaseLost(error) || open?.server.kind !== 'embedded') throw error;
        options.onStep('the database server was lost: starting another');
        await close();
        return (await (await template(service, seed))?.copy()) ?? null;
      }
    },
    databaseServer: () => open?.server ?? null,
    databaseProbe: () => open?.probe ?? null,
    databaseFacts: () => factsOf(open?.server ?? null),
    closeDatabases: close,
  };
}

function isDatabaseLost(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'database-unavailable';
}

function factsOf(server: DatabaseServer | null): RunResult['database'] {
  if (server === null) return null;
  const { kind, version, settings } = server;
  return { kind, version, settings: { ...settings } };
}

async function openServer(
  { env, signal, probe, onStep }: SessionOptions,
  cacheDir: string,
  ledger: CleanupRegistry,
  layout: CgroupLayout | null,
): Promise<OpenServer> {
  // Empty is how a shell says unset.
  const databaseUrl = env.DATABASE_URL === '' ? null : (env.DATABASE_URL ?? null);
  const ledgered = databaseUrl === null ? await openTrackedGroup(layout, ledger) : noGroup;
  let strike = () => {};
  try {
    const server = await openDatabaseServer({
      databaseUrl,
      cacheDir,
      signal,
      joinPaths: ledgered.group?.joinPaths ?? [],
      onProgress: onStep,
      onStarted(record) {
        strike();
        strike = ledger.add({ kind: 'database', ...record });
      },
    });
    return {
      server,
      probe: server.pid === null ? null : openProbe({ group: ledgered.group, rootPid: server.pid, force: probe }),
      templates: new Map(),
      async close() {
        await server.stop();
        strike();
        await ledgered.dispose();
      },
    };
  } catch (error) {
    strike();
    await ledgered.dispose();
    throw error;
  }
}

import { removeOrphan } from '../../database/orphan-cleanup.ts';
import type { K6Program } from '../../k6/program.ts';
import type { Machine } from '../../model/run-result.ts';
import type { Warning } from '../../model/warning.ts';
import { signalGroup } from '../../os/child-process.ts';
import { variable } from '../../os/environment.ts';
import { isAlive } from '../../os/process-identity.ts';
import { removeOrphanGroup } from '../../probe/cgroup.ts';
import { type CgroupLayout, findCgroupLayout } from '../../probe/cgroup-layout.ts';
import { describeMachine } from '../../probe/machine.ts';
import type { ProbeMethod } from '../../probe/probe.ts';
import { removeUnfinished } from '../../store/write-file.ts';
import { cacheDir as cacheDirOf } from '../paths.ts';
import { type CleanupEntry, type CleanupRegistry, cleanUpOrphans, openCleanupRegistry } from './cleanup-registry.ts';
import { createSessionDatabases, type SessionDatabases } from './databases.ts';
import { endInTime } from './deadline.ts';
import {
  type DataFolder,
  makeDataFolder,
  openTrackedGroup,
  removeCheckout,
  removeDataFolder,
  type TrackedGroup,
} from './tracked-resources.ts';

interface SessionOptions {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly probe: ProbeMethod | null;
  /** The generator's loop that is asked for; none: the native one where it is known to work. */
  readonly transport?: 'native' | 'portable' | null;
  /** It sends in place of paceline's own generator; none: it does not. */
  readonly k6?: K6Program | null;
  onStep(text: string): void;
}

/** What the trials of a run share: the database server, its templates, control groups, and the cleanup registry of it all. */
export interface Session extends Omit<SessionDatabases, 'closeDatabases'> {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly machine: Machine;
  readonly probe: ProbeMethod | null;
  readonly transport: 'native' | 'portable' | null;
  readonly k6: K6Program | null;
  readonly cleanupRegistry: CleanupRegistry;
  openGroup(): Promise<TrackedGroup>;
  /** An empty folder for one target's data. */
  openDataFolder(): Promise<DataFolder>;
  warnings(): readonly Warning[];
  close(): Promise<void>;
}

/** Opens a session, lets it be used, and closes it on every path. */
export async function withSession<T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(options);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

export async function openSession(options: SessionOptions): Promise<Session> {
  const { signal, env, probe, onStep } = options;
  const cacheDir = cacheDirOf(env);
  const orphanCount = await cleanUpOrphans(cacheDir, removeOrphanEntry);
  if (orphanCount > 0) onStep(`cleaned up ${orphanCount} leftovers of a run that was killed`);
  const registry = await openCleanupRegistry(cacheDir);
  const endDeadline = endInTime(signal, registry, removeOrphanEntry);
  const layout = findCgroupLayout();
  const databaseUrl = variable(env, 'DATABASE_URL');
  const { closeDatabases, ...databases } = createSessionDatabases({
    ...{ databaseUrl, cacheDir, signal, probe, layout, registry, onStep },
  });
  return {
    ...{
      cacheDir,
      signal,
      machine: describeMachine(),
      probe,
      transport: options.transport ?? null,
      k6: options.k6 ?? null,
      cleanupRegistry: registry,
    },
    ...databases,
    openGroup: () => openTrackedGroup(layout, registry),
    openDataFolder: () => makeDataFolder(registry),
    warnings: () => [...(databases.databaseServer()?.warnings ?? []), ...groupWarnings(layout)],
    async close() {
      await closeDatabases();
      registry.close();
      endDeadline();
    },
  };
}

function groupWarnings(layout: CgroupLayout | null): Warning[] {
  if (layout !== null) return [];
  const message =
    'no control group could be made: CPU is read from /proc in 10 ms steps, and short-lived children may be missed';
  return [{ code: 'no-cgroup', message, advice: 'run as root, or in a session with delegated control groups' }];
}

/** Cleans up one thing that a killed run has left; a pid counts only with its recorded start time. */
async function removeOrphanEntry(entry: CleanupEntry): Promise<void> {
  if (entry.kind === 'worktree') return removeCheckout(entry.path);
  if (entry.kind === 'cgroup') return removeOrphanGroup(entry.record);
  if (entry.kind === 'database') return removeOrphan(entry);
  if (entry.kind === 'folder') return removeDataFolder(entry.path);
  if (entry.kind === 'output') return removeUnfinished(entry.path);
  if (isAlive(entry)) signalGroup(entry.pid, 'SIGKILL');
}

import type { CountedLoadObservation } from '../../conformance/checks/counted-load.ts';
import type { DatabaseUse, TrialDatabase } from '../../database/trial-database.ts';
import { startGenerator } from '../../load/generator.ts';
import type { LoadPlan } from '../../model/scenario.ts';
import type { CountedLoad } from '../../model/service.ts';
import { pause } from '../../os/child-process.ts';
import { loadWorkload } from '../declarations.ts';
import { trackProcessGroup } from '../session/tracked-resources.ts';
import { connectionLimit } from '../trial/database-budget.ts';
import { type ConformanceSubject, conformanceSize, type RunningSubject } from './subject.ts';

/** 3,200 requests. Whoever cannot hold the rate takes longer: it is counted, not ranked. */
const countedPlan: Omit<LoadPlan, 'seed'> = {
  arrivals: 'constant',
  ratePerSec: 400,
  steps: null,
  warmupCount: 0,
  warmupRatePerSec: 400,
  measureMs: 8_000,
  drainMs: 20_000,
  timeoutMs: 20_000,
  maxInFlightCount: 4_096,
  connectionCount: 32,
};

const startDelayMs = 200;

/** Drives a counted load and watches what the target makes of its database meanwhile. */
export async function driveCounted(
  { service, seed, session }: ConformanceSubject,
  { baseUrl, database, countsStatements, started }: RunningSubject,
  { workload }: CountedLoad,
): Promise<CountedLoadObservation> {
  const { signal, cleanupRegistry } = session;
  const { module } = await loadWorkload(service.id, workload);
  const generator = await startGenerator({
    workloadPath: module.path,
    targetUrl: baseUrl,
    loadPlan: { ...countedPlan, seed },
    joinPaths: [],
    niceness: 0,
    signal,
    onProgress: () => {},
  });
  const release = trackProcessGroup(cleanupRegistry, generator.pid);
  try {
    await database?.resetStatements();
    const startAtNs = Number(process.hrtime.bigint()) + startDelayMs * 1e6;
    const measuring = generator.measure(startAtNs, () => {});
    const uses = await usesDuring(measuring, database, signal);
    const load = await measuring;
    const calls = countsStatements ? ((await database?.statementCalls()) ?? null) : null;
    const processCount = (await started.probe?.read())?.processCount ?? null;
    return {
      okByOperation: Object.fromEntries(
        Object.entries(load.operations).map(([name, { counts }]) => [name, counts.okCount]),
      ),
      counts: load.counts,
      errors: load.errors,
      statements: calls,
      maxConnectionCount: Math.max(0, ...uses.map(({ connectionCount }) => connectionCount)),
      connectionLimit: connectionLimit({
        poolTotal: conformanceSize.dbPoolTotal,
        processCount: processCount ?? 1,
        workerCount: conformanceSize.workerCount,
      }),
      changedSettings: await changedSettings(database, uses),
    };
  } finally {
    await generator.stop();
    release();
  }
}

const lookMs = 500;

async function usesDuring(
  load: Promise<unknown>,
  database: TrialDatabase | null,
  signal: AbortSignal,
): Promise<DatabaseUse[]> {
  const uses: DatabaseUse[] = [];
  let isRunning = true;
  const end = () => {
    isRunning = false;
  };
  load.then(end, end);
  while (isRunning && database !== null) {
    uses.push(await database.use());
    await Promise.race([load.catch(() => {}), pause(lookMs, signal)]);
  }
  return uses;
}

async function changedSettings(
  database: TrialDatabase | null,
  uses: readonly DatabaseUse[],
): Promise<readonly string[] | null> {
  const ofSessions = (await database?.recordedSettings()) ?? null;
  if (ofSessions === null) return null;
  return [...new Set([...ofSessions, ...uses.flatMap(({ storedSettings }) => storedSettings)])].sort();
}

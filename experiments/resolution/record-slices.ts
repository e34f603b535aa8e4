import { writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Generator, startGenerator } from '../../src/load/generator.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { type ProcessGroup, readGroupCpu } from '../../src/probe/cgroup.ts';
import type { Probe } from '../../src/probe/probe.ts';
import { slowdownFactor } from '../../src/probe/slowdown-factor.ts';
import { trackProcessGroup } from '../../src/run/session/tracked-resources.ts';
import { startInGroup } from '../../src/run/trial/target-group.ts';
import { type Random, shuffled } from '../../src/stats/random.ts';
import type { RecordContext } from './context.ts';
import { type RoundLine, rounded, type Stretch } from './recording.ts';
import { drawRotations } from './rotation.ts';

export interface SliceSetting {
  readonly ratePerSec: number;
  readonly warmupCount: number;
  readonly warmupRatePerSec: number;
  readonly sliceMs: number;
  /** Of each implementation. */
  readonly sliceCount: number;
  /** Further slices of each, with the other targets frozen. */
  readonly aloneCount: number;
  readonly gapMs: number;
  /** Of each implementation, unbroken, after the slices; in parts of a second. */
  readonly stretchMs: number;
  readonly restMs: number;
}

interface Contestant {
  readonly id: string;
  readonly group: ProcessGroup;
  readonly generatorGroup: ProcessGroup;
  readonly generator: Generator;
  readonly died: Promise<unknown>;
}

type Disposer = () => Promise<void>;

const warmupBlockCount = 4;
const blockMs = 1_000;
const quarterMs = 250;
/** A target, its generator and its database sessions take about half of it. */
const bytesEach = 300 * 2 ** 20;

/** Starts all, warms them up one after another, then drives them by turns. Everything is ended on every path. */
export async function recordSliceRound(
  setting: SliceSetting,
  place: { readonly session: number; readonly round: number },
  context: RecordContext,
): Promise<RoundLine> {
  requireMemory(context.ids.length);
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const disposers: Disposer[] = [];
  try {
    const factor = slowdownFactor({
      referencePath: join(context.session.cacheDir, 'spin.json'),
      machineId: context.session.machine.id,
    });
    const order = shuffled(context.ids, context.random.below);
    const contestants: Contestant[] = [];
    for (const id of order) {
      context.onStep(`round ${place.round + 1}: starting ${id}`);
      contestants.push(await start(id, setting, context, disposers));
    }
    const stage = createStage(contestants, context.session.databaseProbe());
    const stretches = [await stage.rest(setting.restMs)];
    const warmupCosts: [number, number][] = [];
    for (const [index, { id }] of contestants.entries()) {
      context.onStep(`round ${place.round + 1}: warming up ${id}`);
      warmupCosts.push(await stage.warmUp(index, setting));
    }
    stretches.push(await stage.rest(setting.restMs));
    context.onStep(`round ${place.round + 1}: slices`);
    stretches.push(...(await stage.rotate(setting, context.random)), await stage.rest(setting.restMs));
    stretches.push(...(await stage.driveUnbroken(setting, context.random)));
    return {
      ...{ kind: 'round', ...place, startedAt, wallMs: Math.round(performance.now() - startedMs) },
      ...{ implementations: order, slowdownFactor: rounded(factor), warmupCosts, stretches },
    };
  } finally {
    for (const dispose of disposers.reverse()) await dispose();
  }
}

function requireMemory(count: number): void {
  if (freemem() >= count * bytesEach) return;
  const needed = `${Math.round((count * bytesEach) / 2 ** 20)} MiB`;
  throw new HarnessError(
    'cannot-measure',
    `${count} targets at one time need about ${needed} of free memory`,
    'choose fewer with --impl',
  );
}

async function start(
  id: string,
  setting: SliceSetting,
  { session, service, workload, preparedOf, specOf }: RecordContext,
  disposers: Disposer[],
): Promise<Contestant> {
  const spec = specOf(id, { ...setting, windowMs: setting.sliceMs });
  const { workerCount, databaseConnectionCount: dbPoolTotal, loadPlan, cluster } = spec;
  const database = await session.copyDatabase(service, loadPlan.seed);
  if (database !== null) disposers.push(() => database.drop());
  const running = await startInGroup({
    preparedImplementation: preparedOf(id),
    environment: service.environment({ workerCount, dbPoolTotal, seed: loadPlan.seed, cluster }),
    databaseUrl: database?.url ?? null,
    usesDataDir: service.isCluster,
    ...{ limit: null, session },
  });
  disposers.push(running.dispose);
  const tracked = await session.openGroup();
  disposers.push(tracked.dispose);
  if (running.group === null || tracked.group === null) throw noGroups();
  const generator = await startGenerator({
    workloadPath: workload.module.path,
    workloadArgument: workload.module.argument,
    targetUrl: running.target.baseUrl,
    loadPlan,
    joinPaths: tracked.group.joinPaths,
    ...{ niceness: -10, transport: session.transport, signal: session.signal, onProgress: () => {} },
  });
  const release = trackProcessGroup(session.cleanupRegistry, generator.pid);
  disposers.push(async () => {
    await generator.stop();
    release();
  });
  return { id, group: running.group, generatorGroup: tracked.group, generator, died: running.target.died };
}

function noGroups(): HarnessError {
  return new HarnessError(
    'cannot-measure',
    'slices need control groups: /proc counts CPU in steps of 10 ms, a slice of a second holds a few dozen',
    'run as root or in a delegated session, or record trials',
  );
}

interface Look {
  readonly atMs: number;
  readonly targets: readonly number[];
  readonly generators: readonly number[];
  readonly databaseMs: number | null;
}

type Place = Pick<Stretch, 'kind' | 'driven' | 'rotation' | 'isAlone'>;

function createStage(contestants: readonly Contestant[], databaseProbe: Probe | null) {
  const look = async (): Promise<Look> => ({
    targets: contestants.map(({ group }) => cpuMsOf(group)),
    generators: contestants.map(({ generatorGroup }) => cpuMsOf(generatorGroup)),
    databaseMs: databaseProbe === null ? null : await cpuMsOfProbe(databaseProbe),
    atMs: performance.now(),
  });
  let before: Look | null = null;

  /** What was used since the last look. */
  const stretch = async (place: Place, sentCount: number, quarter: Stretch['quarter']): Promise<Stretch> => {
    const from = before ?? (await look());
    const to = await look();
    before = to;
    const driven = place.driven ?? -1;
    return {
      ...place,
      lengthMs: rounded(to.atMs - from.atMs),
      sentCount,
      targetMs: to.targets.map((used, index) => rounded(used - (from.targets[index] ?? 0))),
      generatorMs: rounded((to.generators[driven] ?? 0) - (from.generators[driven] ?? 0)),
      databaseMs: to.databaseMs === null || from.databaseMs === null ? null : rounded(to.databaseMs - from.databaseMs),
      quarter,
    };
  };

  const drive = async (index: number, count: number, ratePerSec: number): Promise<number> => {
    const { generator, died, id } = contestants[index] as Contestant;
    const counts = await Promise.race([generator.warmUp(count, ratePerSec), died.then(() => null)]);
    if (counts === null) throw broken(id, 'it ended while it was driven');
    const { wrongCount, failedCount, sentCount, scheduledCount } = counts;
    if (wrongCount + failedCount > 0)
      throw broken(id, `${wrongCount + failedCount} of ${scheduledCount} requests were not answered rightly`);
    return sentCount;
  };

  const slice = async (setting: SliceSetting, place: Place & { driven: number }): Promise<Stretch[]> => {
    const others = contestants.filter((_, index) => index !== place.driven);
    if (place.isAlone) for (const { group } of others) freeze(group, true);
    try {
      before = await look();
      const { ratePerSec, sliceMs } = setting;
      const quarter = sliceMs < 2 * quarterMs ? null : readQuarter(contestants[place.driven] as Contestant, ratePerSec);
      const sentCount = await drive(place.driven, Math.round((ratePerSec * sliceMs) / 1000), ratePerSec);
      const driven = await stretch(place, sentCount, await quarter);
      await sleep(setting.gapMs);
      return [driven, await stretch({ ...place, kind: 'gap' }, 0, null)];
    } finally {
      if (place.isAlone) for (const { group } of others) freeze(group, false);
    }
  };

  return {
    async rest(durationMs: number): Promise<Stretch> {
      before = await look();
      await sleep(durationMs);
      return stretch({ kind: 'rest', driven: null, rotation: null, isAlone: false }, 0, null);
    },
    /** CPU per request of the last two blocks. */
    async warmUp(index: number, { warmupCount, warmupRatePerSec }: SliceSetting): Promise<[number, number]> {
      const { group } = contestants[index] as Contestant;
      const costs = [0, 0];
      for (let block = 0; block < warmupBlockCount && warmupCount > 0; block += 1) {
        const fromMs = cpuMsOf(group);
        const sentCount = await drive(index, Math.ceil(warmupCount / warmupBlockCount), warmupRatePerSec);
        costs.push(rounded((cpuMsOf(group) - fromMs) / Math.max(1, sentCount)));
      }
      return [costs.at(-2) ?? 0, costs.at(-1) ?? 0];
    },
    /** In one order of all, drawn; what slices are compared with, on the same processes. */
    async driveUnbroken({ ratePerSec, stretchMs }: SliceSetting, random: Random): Promise<Stretch[]> {
      const stretches: Stretch[] = [];
      const places = contestants.map((_, index) => index);
      for (const driven of stretchMs > 0 ? shuffled(places, random.below) : []) {
        before = await look();
        for (let partMs = 0; partMs < stretchMs; partMs += blockMs) {
          const sentCount = await drive(driven, Math.round((ratePerSec * blockMs) / 1000), ratePerSec);
          stretches.push(await stretch({ kind: 'block', driven, rotation: null, isAlone: false }, sentCount, null));
        }
      }
      return stretches;
    },
    async rotate(setting: SliceSetting, random: Random): Promise<Stretch[]> {
      const { sliceCount, aloneCount } = setting;
      const orders = drawRotations(contestants.length, sliceCount + aloneCount, random);
      const aloneFlags = shuffled(
        orders.map((_, index) => index < aloneCount),
        random.below,
      );
      const stretches: Stretch[] = [];
      for (const [rotation, order] of orders.entries()) {
        for (const driven of order) {
          const isAlone = aloneFlags[rotation] ?? false;
          stretches.push(...(await slice(setting, { kind: 'slice', driven, rotation, isAlone })));
        }
      }
      return stretches;
    },
  };
}

async function readQuarter({ group }: Contestant, ratePerSec: number): Promise<Stretch['quarter']> {
  const fromMs = cpuMsOf(group);
  const startedMs = performance.now();
  await sleep(quarterMs);
  const lengthMs = performance.now() - startedMs;
  // The first request is due a millisecond after the start.
  return {
    lengthMs: rounded(lengthMs),
    targetMs: rounded(cpuMsOf(group) - fromMs),
    sentCount: (ratePerSec * lengthMs) / 1000,
  };
}

function freeze({ unifiedDir }: ProcessGroup, isFrozen: boolean): void {
  writeFileSync(join(unifiedDir, 'cgroup.freeze'), isFrozen ? '1' : '0');
}

function cpuMsOf(group: ProcessGroup): number {
  const { userMs, systemMs } = readGroupCpu(group);
  return userMs + systemMs;
}

async function cpuMsOfProbe(probe: Probe): Promise<number> {
  const { cpuUserMs, cpuSystemMs } = await probe.read();
  return cpuUserMs + cpuSystemMs;
}

function broken(id: string, why: string): HarnessError {
  return new HarnessError(
    'cannot-measure',
    `${id}: ${why}; the round is not recorded`,
    'run the command again to go on; leave it out with --impl if it happens again',
  );
}

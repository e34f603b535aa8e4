import type { ClusterPlan } from '../model/cluster.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Scenario, ScenarioEntry } from '../model/scenario.ts';

/** What the command line may change in a scenario; null leaves it as declared. */
export interface ScenarioOverrides {
  readonly workload: string | null;
  readonly ratesPerSec: readonly number[] | null;
  readonly trialCount: number | null;
  readonly measureMs: number | null;
  readonly warmupCount: number | null;
  readonly workerCount: number | null;
  /** Where leaders are crashed. */
  readonly crashCount: number | null;
  /** Primitives by id. */
  readonly only: readonly string[] | null;
  /** What a case of a primitive may use. */
  readonly memoryLimitBytes: number | null;
}

/** As declared. */
export const noOverrides: ScenarioOverrides = {
  workload: null,
  ratesPerSec: null,
  trialCount: null,
  measureMs: null,
  warmupCount: null,
  workerCount: null,
  crashCount: null,
  only: null,
  memoryLimitBytes: null,
};

/** What a primitive, to which no request is sent, knows nothing of. */
const requestFlags = {
  '--workload': 'workload',
  '--rate': 'ratesPerSec',
  '--duration': 'measureMs',
  '--warmup': 'warmupCount',
  '--crashes': 'crashCount',
} as const satisfies Readonly<Record<string, keyof ScenarioOverrides>>;

/**
 * A sentence on flags without effect on the primitives of a run; null: nothing to say. Throws HarnessError usage where
 * primitives are all that is measured.
 */
export function ignoredByPrimitives(
  { entries, primitives }: Pick<Scenario, 'entries' | 'primitives'>,
  overrides: ScenarioOverrides,
): string | null {
  const flags = Object.entries(requestFlags).flatMap(([flag, name]) => (overrides[name] === null ? [] : [flag]));
  if (primitives === null || flags.length === 0) return null;
  const named = flags.join(' and ');
  if (entries.length > 0) return `warning: the primitives of this run are measured without regard to ${named}`;
  throw new HarnessError(
    'usage',
    `${named} cannot be used here: only primitives are measured, and no request is sent to them`,
    `leave ${named} away; --trials, --only and --limit memory=SIZE are what primitives know`,
  );
}

/** The scenario as it will be run: the result file keeps this one. */
export function withOverrides(
  scenario: Scenario,
  overrides: ScenarioOverrides,
  workloads: ReadonlyMap<string, readonly string[]>,
): Scenario {
  const asked = requestedEntries(scenario, overrides.workload, workloads);
  const cells = asked
    .map((cell) => overriddenEntry(cell, asked, overrides))
    .filter(({ ratesPerSec }) => overrides.ratesPerSec === null || ratesPerSec.length > 0);
  const workerCount = overrides.workerCount ?? scenario.workerCount;
  if (workerCount > scenario.databaseConnectionCount) {
    throw new HarnessError(
      'usage',
      `${workerCount} workers need more than ${scenario.databaseConnectionCount} database connections`,
      'ask for fewer with --workers',
    );
  }
  return {
    ...scenario,
    entries: distinctEntries(cells),
    primitives: overriddenPrimitives(scenario, overrides),
    workerCount,
  };
}

function overriddenPrimitives(
  { id, primitives }: Scenario,
  { only, trialCount, memoryLimitBytes }: ScenarioOverrides,
): Scenario['primitives'] {
  if (primitives !== null)
    return {
      ...primitives,
      ids: [...(only ?? primitives.ids)],
      repetitionCount: trialCount ?? primitives.repetitionCount,
      memoryLimitBytes: memoryLimitBytes ?? primitives.memoryLimitBytes,
    };
  if (only === null) return null;
  throw new HarnessError(
    'usage',
    `--only names primitives, and the scenario ${id} measures none`,
    'use it with `run primitives`',
  );
}

function overriddenEntry(
  cell: ScenarioEntry,
  asked: readonly ScenarioEntry[],
  overrides: ScenarioOverrides,
): ScenarioEntry {
  const { loadPlan } = cell;
  return {
    ...cell,
    workload: overrides.workload ?? cell.workload,
    ratesPerSec: overrides.ratesPerSec?.filter((rate) => entryNearestTo(rate, cell, asked) === cell) ?? [
      ...cell.ratesPerSec,
    ],
    trialCount: overrides.trialCount ?? cell.trialCount,
    cluster: overriddenCluster(cell.cluster, overrides),
    loadPlan: {
      ...loadPlan,
      measureMs: overrides.measureMs ?? loadPlan.measureMs,
      warmupCount: cell.temperature === 'cold' ? loadPlan.warmupCount : (overrides.warmupCount ?? loadPlan.warmupCount),
    },
  };
}

/**
 * Where one question is asked in several cells, each with its own part of a ladder of rates (`calibrate`), a rate belongs to the
 * cell that declares the nearest one: it is asked once.
 */
function entryNearestTo(ratePerSec: number, cell: ScenarioEntry, asked: readonly ScenarioEntry[]): ScenarioEntry {
  const question = questionKey(cell);
  const distance = ({ ratesPerSec }: ScenarioEntry) =>
    Math.min(...ratesPerSec.map((declared) => Math.abs(Math.log(declared / ratePerSec))));
  const ladder = asked.filter((other) => questionKey(other) === question);
  return ladder.reduce((nearest, other) => (distance(other) < distance(nearest) ? other : nearest));
}

function questionKey({ service, workload, temperature, cluster }: ScenarioEntry): string {
  return JSON.stringify([service, workload, temperature, cluster]);
}

/**
 * With --workload: the questions that ask it, else those of services that know it, asked that instead. A question put to a cluster
 * (so many crashes, such time-outs) is never made another.
 */
function requestedEntries(
  { id, entries }: Scenario,
  workload: string | null,
  workloads: ReadonlyMap<string, readonly string[]>,
): readonly ScenarioEntry[] {
  if (workload === null) return entries;
  const own = entries.filter((cell) => cell.workload === workload);
  if (own.length > 0) return own;
  const changeable = entries.filter(({ cluster }) => cluster === null);
  const knowing = changeable.filter(({ service }) => (workloads.get(service) ?? []).includes(workload));
  if (knowing.length > 0) return knowing;
  // An unknown name is reported when it is loaded.
  if (changeable.length > 0) return changeable;
  const known = [...new Set(entries.map((cell) => cell.workload))].join(', ');
  const remedy = known === '' ? 'it measures primitives alone: choose them with --only' : `it asks ${known}`;
  throw new HarnessError('usage', `scenario ${id} does not ask workload "${workload}"`, remedy);
}

function overriddenCluster(cluster: ClusterPlan | null, { crashCount }: ScenarioOverrides): ClusterPlan | null {
  if (cluster === null || cluster.crashCount === 0) return cluster;
  return { ...cluster, crashCount: crashCount ?? cluster.crashCount };
}

/** With --workload, cells that differed only in their workload become one. */
function distinctEntries(cells: readonly ScenarioEntry[]): ScenarioEntry[] {
  const byText = new Map(cells.map((cell) => [JSON.stringify(cell), cell]));
  return [...byText.values()];
}

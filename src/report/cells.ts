import type { Published } from '../model/cluster.ts';
import { type ClusterKey, clusterId, clusterKey, clusterText, declaredKeys } from '../model/cluster-key.ts';
import type { RunResult } from '../model/run-result.ts';
import type { ScenarioCell } from '../model/scenario.ts';
import type { Trial } from '../model/trial.ts';
import { answersOf } from './answer.ts';
import { cellCharts } from './cell-charts.ts';
import type { Cell, Row } from './model.ts';
import { referencesOf } from './references.ts';
import { resolutionOf } from './resolution.ts';
import { rowOf } from './row.ts';
import type { Who } from './who.ts';

/** What one row of questions is about: every implementation is asked the same. */
export interface CellKey {
  readonly service: string;
  readonly workload: string;
  readonly temperature: 'warm' | 'young';
  /** 0: no request is sent. */
  readonly ratePerSec: number;
  readonly cluster: ClusterKey | null;
}

/** Every cell of the run in the scenario's order, then those that only trials know. */
export function reportCells(live: RunResult, references: readonly RunResult[], who: ReadonlyMap<string, Who>): Cell[] {
  return cellKeys(live).flatMap((key) => {
    const rows = rowsOf(live, key, who);
    // Nobody was asked: a run of primitives alone, chosen by --impl.
    if (rows.length === 0) return [];
    const missing = rows.filter((row) => row.okCount === 0).map((row) => row.who.implementation);
    const recorded = missing.length > 0 ? referencesOf(live, references, key, who) : { rows: [], leftOut: [] };
    const asked = live.scenario.cells.find((cell) => asks(cell, key))?.cluster ?? null;
    const climb = asked?.climbs ? asked.sizes : null;
    const published = asked?.published ?? null;
    const facts = {
      ...key,
      id: cellId(key),
      place: placeOf(key),
      published,
      climb,
      rows,
      missing,
      references: recorded.rows,
    };
    const cell = {
      ...facts,
      leftOut: recorded.leftOut,
      answers: answersOf(facts, rows),
      resolution: resolutionOf(rows),
      charts: cellCharts(facts),
    };
    return [cell];
  });
}

function cellKeys(live: RunResult): CellKey[] {
  const declared = live.scenario.cells.flatMap(({ service, workload, temperature, ratesPerSec, ...cell }) =>
    ratesPerSec.flatMap((ratePerSec) =>
      declaredKeys(cell.cluster).map((cluster) => ({ service, workload, temperature, ratePerSec, cluster })),
    ),
  );
  const seen = live.trials.map(keyOf);
  const byId = new Map([...declared, ...seen].map((key) => [cellId(key), key]));
  return [...byId.values()].sort(
    (a, b) =>
      scenarioIndex(live, a) - scenarioIndex(live, b) ||
      (a.cluster?.size ?? 0) - (b.cluster?.size ?? 0) ||
      a.ratePerSec - b.ratePerSec,
  );
}

function scenarioIndex(live: RunResult, key: CellKey): number {
  const index = live.scenario.cells.findIndex((cell) => asks(cell, key));
  return index < 0 ? live.scenario.cells.length : index;
}

/** Whether this cell of the scenario asks for `key`; a cell without rates asks for its workload's own. */
function asks(cell: ScenarioCell, key: CellKey): boolean {
  const sameQuestion =
    cell.service === key.service && cell.workload === key.workload && cell.temperature === key.temperature;
  const sameCluster = declaredKeys(cell.cluster).some((cluster) => clusterId(cluster) === clusterId(key.cluster));
  return sameQuestion && sameCluster && (cell.ratesPerSec.length === 0 || cell.ratesPerSec.includes(key.ratePerSec));
}

export function keyOf(trial: Trial): CellKey {
  const { service, workload, temperature, profile } = trial.spec;
  const { cluster } = trial.spec;
  const ofCluster = cluster === null ? null : clusterKey(cluster);
  return { service, workload, temperature, ratePerSec: profile.ratePerSec, cluster: ofCluster };
}

export function cellId(key: CellKey): string {
  const question = `${key.service}-${key.workload}-${key.temperature}-${key.ratePerSec}`;
  return `${question}${clusterId(key.cluster)}`.replaceAll('.', '_');
}

function placeOf({ ratePerSec, workload, temperature, cluster }: CellKey): string {
  const nodes = cluster === null ? '' : `, ${clusterText(cluster)}`;
  if (ratePerSec === 0) return `on ${workload}${nodes}`;
  return `at ${ratePerSec}/s on ${workload}${temperature === 'young' ? ', young' : ''}${nodes}`;
}

/** What a question of a group of several is called: what differs between them. */
export function headingOf({ ratePerSec, cluster }: CellKey): string {
  const rate = ratePerSec === 0 ? [] : [`${ratePerSec} requests a second`];
  return [...rate, ...(cluster === null ? [] : [clusterText(cluster)])].join(', ');
}

function rowsOf(live: RunResult, key: CellKey, who: ReadonlyMap<string, Who>): Row[] {
  const asked = live.implementations.filter((preparation) => preparation.manifest.service === key.service);
  const rows = asked.map((preparation) => rowOf(live, preparation, key, who, null));
  return rows.sort(byCost);
}

/** Least CPU per request first. */
export function byCost(a: Row, b: Row): number {
  return costOf(a) - costOf(b);
}

function costOf(row: Row): number {
  return row.figures['cpu-per-request']?.median ?? Number.MAX_VALUE;
}

export function trialsOf(run: RunResult, key: CellKey, implementation: string): Trial[] {
  const id = cellId(key);
  return run.trials.filter((trial) => trial.spec.implementation === implementation && cellId(keyOf(trial)) === id);
}

/** A climb makes as many as it needs. */
export function plannedCount(run: RunResult, key: CellKey): number {
  const cell = run.scenario.cells.find((candidate) => asks(candidate, key));
  return cell === undefined || cell.cluster?.climbs ? 0 : cell.trialCount;
}

export function publishedOf(run: RunResult, key: CellKey): Published | null {
  return run.scenario.cells.find((cell) => asks(cell, key))?.cluster?.published ?? null;
}

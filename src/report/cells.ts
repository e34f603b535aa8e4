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
  readonly ratePerSec: number;
}

/** Every cell of the run in the scenario's order, then those that only trials know. */
export function reportCells(live: RunResult, references: readonly RunResult[], who: ReadonlyMap<string, Who>): Cell[] {
  return cellKeys(live).flatMap((key) => {
    const rows = rowsOf(live, key, who);
    // Nobody was asked: a run of primitives alone, chosen by --impl.
    if (rows.length === 0) return [];
    const missing = rows.filter((row) => row.okCount === 0).map((row) => row.who.implementation);
    const recorded = missing.length > 0 ? referencesOf(live, references, key, who) : { rows: [], leftOut: [] };
    const facts = { ...key, id: cellId(key), place: placeOf(key), rows, missing, references: recorded.rows };
    const cell = {
      ...facts,
      leftOut: recorded.leftOut,
      answers: answersOf(facts.place, rows),
      resolution: resolutionOf(rows),
      charts: cellCharts(facts),
    };
    return [cell];
  });
}

function cellKeys(live: RunResult): CellKey[] {
  const declared = live.scenario.cells.flatMap(({ service, workload, temperature, ratesPerSec }) =>
    ratesPerSec.map((ratePerSec) => ({ service, workload, temperature, ratePerSec })),
  );
  const seen = live.trials.map(keyOf);
  const byId = new Map([...declared, ...seen].map((key) => [cellId(key), key]));
  return [...byId.values()].sort(
    (a, b) => scenarioIndex(live, a) - scenarioIndex(live, b) || a.ratePerSec - b.ratePerSec,
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
  return sameQuestion && (cell.ratesPerSec.length === 0 || cell.ratesPerSec.includes(key.ratePerSec));
}

export function keyOf(trial: Trial): CellKey {
  const { service, workload, temperature, profile } = trial.spec;
  return { service, workload, temperature, ratePerSec: profile.ratePerSec };
}

export function cellId(key: CellKey): string {
  return `${key.service}-${key.workload}-${key.temperature}-${key.ratePerSec}`.replaceAll('.', '_');
}

function placeOf({ ratePerSec, workload, temperature }: CellKey): string {
  return `at ${ratePerSec}/s on ${workload}${temperature === 'young' ? ', young' : ''}`;
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

export function plannedCount(run: RunResult, key: CellKey): number {
  return run.scenario.cells.find((cell) => asks(cell, key))?.trialCount ?? 0;
}

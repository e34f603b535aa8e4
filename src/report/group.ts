import type { RunResult } from '../model/run-result.ts';
import { fitLine } from '../stats/least-squares.ts';
import type { Chart } from './chart.ts';
import { type LargestCluster, largestBars, largestClusters } from './largest-cluster.ts';
import type { Cell } from './model.ts';
import { rateCharts } from './rate-charts.ts';
import { sizeCharts } from './size-charts.ts';
import type { Who } from './who.ts';

/** One workload at one or several rates. */
export interface Group {
  readonly id: string;
  readonly service: string;
  readonly workload: string;
  readonly temperature: 'warm' | 'young';
  readonly cells: readonly Cell[];
  /** Empty below three rates: two points are always on a line. */
  readonly slopes: readonly Slope[];
  /** Of a climb; empty otherwise. */
  readonly largest: readonly LargestCluster[];
  /** Rate on the x axis; empty for a single rate. */
  readonly charts: readonly Chart[];
}

/** CPU time per second as a straight line over the rate. */
export interface Slope {
  readonly who: Who;
  /** What one more request costs. */
  readonly marginalMsPerRequest: number;
  /** The line's value at no load, CPU milliseconds a second; what was measured while idle is a figure of its own. */
  readonly restingMsPerSec: number;
  readonly rateCount: number;
}

const leastRateCount = 3;

export function groupsOf(cells: readonly Cell[], implementations: RunResult['implementations']): Group[] {
  const byQuestion = Map.groupBy(cells, groupId);
  return [...byQuestion].flatMap(([id, same]) => {
    const [first] = same;
    if (first === undefined) return [];
    const { service, workload, temperature } = first;
    const largest = largestClusters(same, implementations);
    const charts = [...largestBars(id, largest), ...rateCharts(id, same), ...sizeCharts(id, same)];
    return [{ id, service, workload, temperature, cells: same, slopes: slopesOf(same), largest, charts }];
  });
}

/** Rates are compared on one size of cluster; where nothing is sent, sizes are. */
function groupId({ service, workload, temperature, ratePerSec, cluster }: Cell): string {
  const size = cluster === null || ratePerSec === 0 ? '' : `-n${cluster.size}`;
  return `${service}-${workload}-${temperature}${size}`;
}

function slopesOf(cells: readonly Cell[]): Slope[] {
  const byWho = Map.groupBy(
    cells.flatMap((cell) => cell.rows.map((row) => ({ row, ratePerSec: cell.ratePerSec }))),
    ({ row }) => row.who,
  );
  return [...byWho].flatMap(([who, entries]) => {
    const points = entries.flatMap(({ row, ratePerSec }) =>
      (row.figures['cores-used']?.values ?? []).map((cores) => ({ x: ratePerSec, y: cores * 1000 })),
    );
    const rateCount = new Set(points.map((point) => point.x)).size;
    const line = rateCount >= leastRateCount ? fitLine(points) : null;
    if (line === null) return [];
    return [{ who, marginalMsPerRequest: line.slope, restingMsPerSec: line.intercept, rateCount }];
  });
}

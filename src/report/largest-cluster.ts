import type { RunResult } from '../model/run-result.ts';
import type { BarChart } from './chart.ts';
import type { Cell, Row } from './model.ts';
import { seriesOf } from './row-bars.ts';

/** How far one implementation came in a climb. */
export interface LargestCluster {
  readonly row: Row;
  /** null: not even the smallest held. */
  readonly size: number | null;
  readonly heldCount: number;
  readonly startCount: number;
  /** Nothing larger holds: the next one failed, or is beyond what the implementation declares as its limit. */
  readonly isGreatest: boolean;
  /** Why no larger one did. */
  readonly why: string;
}

type Implementations = RunResult['implementations'];

const mostFailedCount = 2;

/** The largest size of each implementation that held; empty for cells that are no climb. */
export function largestClusters(cells: readonly Cell[], implementations: Implementations): LargestCluster[] {
  const climbing = cells.filter(({ climb }) => climb !== null);
  const asked = climbing[0]?.climb ?? [];
  const bySize = [...climbing].sort((a, b) => sizeOf(a) - sizeOf(b));
  const placed = bySize.flatMap((cell) => cell.rows.map((row) => ({ row, size: sizeOf(cell) })));
  return [...Map.groupBy(placed, ({ row }) => row.who.implementation)]
    .map(([id, steps]) => ({ limit: limitOf(id, implementations), steps: steps.filter(wasTried) }))
    .flatMap(({ limit, steps }) => (steps.length === 0 ? [] : [largestOf(steps, asked, limit)]))
    .sort((a, b) => (b.size ?? 0) - (a.size ?? 0) || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ row }: LargestCluster): string {
  return row.who.implementation;
}

interface Step {
  readonly row: Row;
  readonly size: number;
}

function wasTried({ row }: Step): boolean {
  return row.trials.length > 0;
}

/** The most nodes that an implementation says it can run. */
function limitOf(id: string, implementations: Implementations): number {
  const known = implementations.find(({ manifest }) => manifest.id === id);
  return known?.manifest.limits.clusterSize ?? Number.POSITIVE_INFINITY;
}

function largestOf(steps: readonly Step[], asked: readonly number[], limit: number): LargestCluster {
  const held = steps.findLast(({ row }) => row.okCount > 0 && failedCount(row) < mostFailedCount);
  const above = steps.find(({ row, size }) => size > (held?.size ?? 0) && failedCount(row) >= mostFailedCount);
  const row = (held ?? above ?? steps[0])?.row as Row;
  const startCount = held === undefined ? 0 : held.row.okCount + failedCount(held.row);
  const size = held?.size ?? null;
  const next = asked.find((candidate) => candidate > (size ?? 0)) ?? null;
  const why = above === undefined ? untriedText(next, limit) : `${above.size} nodes: ${reasonOf(above.row)}`;
  const isGreatest = above !== undefined || (next ?? (size ?? 0) + 1) > limit;
  return { row, size, heldCount: held?.row.okCount ?? 0, startCount, isGreatest, why };
}

function untriedText(next: number | null, limit: number): string {
  if (next === null) return 'no larger one was asked for';
  if (next > limit) return `${next} nodes are beyond what it declares as its limit`;
  return `${next} nodes: not known, too few starts of them counted`;
}

function failedCount({ trials }: Row): number {
  return trials.filter(({ status }) => status === 'failed' || status === 'overloaded').length;
}

function reasonOf({ notes }: Row): string {
  const worst = notes.filter(({ kind }) => kind === 'failed' || kind === 'overloaded');
  return worst.map(({ text }) => text).join('; ');
}

function sizeOf({ cluster }: Cell): number {
  return cluster?.size ?? 0;
}

/** "raft-go: 301 nodes (9 of 10 starts); 1001 nodes: …" */
export function largestText({ row, size, heldCount, startCount, why }: LargestCluster): string {
  const held = size === null ? 'no size held' : `${size} nodes (${heldCount} of ${startCount} starts)`;
  return `${row.who.implementation}: ${held}; ${why}`;
}

export function largestBars(groupId: string, largest: readonly LargestCluster[]): BarChart[] {
  if (largest.length === 0) return [];
  return [
    {
      kind: 'bars',
      id: `${groupId}-largest`,
      title: 'Largest cluster',
      howToRead:
        'The most nodes with which a fresh start elected a leader and kept it. Of the sizes asked; the next one failed for the reason given below. Longer is better.',
      alternative: `Largest cluster: ${largest.map(largestText).join('. ')}.`,
      unit: 'nodes',
      bars: largest.map(({ row, size }) => ({
        ...seriesOf(row),
        value: size ?? 0,
        text: String(size ?? 0),
        whisker: null,
        marks: [],
      })),
      line: null,
    },
  ];
}

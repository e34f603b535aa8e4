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
  /** Why no larger one did. */
  readonly why: string;
}

const mostFailedCount = 2;

/** The largest size of each implementation that held; empty for cells that are no climb. */
export function largestClusters(cells: readonly Cell[]): LargestCluster[] {
  const climbing = cells.filter(({ climb }) => climb !== null);
  const asked = climbing[0]?.climb ?? [];
  const bySize = [...climbing].sort((a, b) => sizeOf(a) - sizeOf(b));
  const placed = bySize.flatMap((cell) => cell.rows.map((row) => ({ row, size: sizeOf(cell) })));
  return [...Map.groupBy(placed, ({ row }) => row.who.implementation).values()]
    .map((steps) => steps.filter(({ row }) => row.trials.length > 0))
    .flatMap((steps) => (steps.length === 0 ? [] : [largestOf(steps, asked)]))
    .sort((a, b) => (b.size ?? 0) - (a.size ?? 0) || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf({ row }: LargestCluster): string {
  return row.who.implementation;
}

interface Step {
  readonly row: Row;
  readonly size: number;
}

function largestOf(steps: readonly Step[], asked: readonly number[]): LargestCluster {
  const held = steps.findLast(({ row }) => row.okCount > 0 && failedCount(row) < mostFailedCount);
  const above = steps.find(({ row, size }) => size > (held?.size ?? 0) && failedCount(row) >= mostFailedCount);
  const row = (held ?? above ?? steps[0])?.row as Row;
  const startCount = held === undefined ? 0 : held.row.okCount + failedCount(held.row);
  const why = above === undefined ? limitText(held?.size ?? 0, asked) : `${above.size} nodes: ${reasonOf(above.row)}`;
  return { row, size: held?.size ?? null, heldCount: held?.row.okCount ?? 0, startCount, why };
}

function limitText(size: number, asked: readonly number[]): string {
  const next = asked.find((candidate) => candidate > size);
  return next === undefined ? 'no larger one was asked for' : `${next} nodes are beyond what it declares as its limit`;
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

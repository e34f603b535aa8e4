import type { RunResult } from '../../model/run-result.ts';
import { fitLine } from '../../stats/descriptive.ts';
import type { CpuSlope, Group, LargestCluster, Question, Row } from '../model.ts';

const minRateCount = 3;

export function buildGroups(questions: readonly Question[], implementations: RunResult['implementations']): Group[] {
  const byQuestion = Map.groupBy(questions, groupId);
  return [...byQuestion].flatMap(([id, same]) => {
    const [first] = same;
    if (first === undefined) return [];
    const { service, workload, temperature } = first;
    const largest = largestClusters(same, implementations);
    return [{ id, service, workload, temperature, questions: same, slopes: cpuSlopes(same), largest }];
  });
}

/** Rates are compared on one size of cluster; where nothing is sent, sizes are. */
function groupId({ service, workload, temperature, ratePerSec, cluster }: Question): string {
  const size = cluster === null || ratePerSec === 0 ? '' : `-n${cluster.size}`;
  return `${service}-${workload}-${temperature}${size}`;
}

function cpuSlopes(questions: readonly Question[]): CpuSlope[] {
  const byImplementation = Map.groupBy(
    questions.flatMap((question) => question.rows.map((row) => ({ row, ratePerSec: question.ratePerSec }))),
    ({ row }) => row.implementation,
  );
  return [...byImplementation].flatMap(([implementation, entries]) => {
    const points = entries.flatMap(({ row, ratePerSec }) =>
      (row.figures['cores-used']?.values ?? []).map((cores) => ({ x: ratePerSec, y: cores * 1000 })),
    );
    const rateCount = new Set(points.map((point) => point.x)).size;
    const line = rateCount >= minRateCount ? fitLine(points) : null;
    if (line === null) return [];
    return [{ implementation, slopeMsPerRequest: line.slope, interceptMsPerSec: line.intercept, rateCount }];
  });
}

type Implementations = RunResult['implementations'];

const minFailedCount = 2;

/** The largest size of each implementation that held; empty where no question is part of a search. */
export function largestClusters(questions: readonly Question[], implementations: Implementations): LargestCluster[] {
  const searched = questions.filter(({ sizeSearch }) => sizeSearch !== null);
  const sizes = searched[0]?.sizeSearch ?? [];
  const bySize = [...searched].sort((a, b) => sizeOf(a) - sizeOf(b));
  const placed = bySize.flatMap((question) => question.rows.map((row) => ({ row, size: sizeOf(question) })));
  return [...Map.groupBy(placed, ({ row }) => row.implementation.id)]
    .map(([id, steps]) => ({ limit: declaredLimit(id, implementations), steps: steps.filter(hasTrials) }))
    .flatMap(({ limit, steps }) => (steps.length === 0 ? [] : [largestCluster(steps, sizes, limit)]))
    .sort((a, b) => (b.size ?? 0) - (a.size ?? 0) || (implementationId(a) < implementationId(b) ? -1 : 1));
}

function implementationId({ row }: LargestCluster): string {
  return row.implementation.id;
}

interface SizeStep {
  readonly row: Row;
  readonly size: number;
}

function hasTrials({ row }: SizeStep): boolean {
  return row.trials.length > 0;
}

/** The most nodes that an implementation says it can run. */
function declaredLimit(id: string, implementations: Implementations): number {
  const known = implementations.find(({ manifest }) => manifest.id === id);
  return known?.manifest.limits.clusterSize ?? Number.POSITIVE_INFINITY;
}

function largestCluster(steps: readonly SizeStep[], sizes: readonly number[], limit: number): LargestCluster {
  const held = steps.findLast(({ row }) => row.okCount > 0 && failedCount(row) < minFailedCount);
  const above = steps.find(({ row, size }) => size > (held?.size ?? 0) && failedCount(row) >= minFailedCount);
  const row = (held ?? above ?? steps[0])?.row as Row;
  const startCount = held === undefined ? 0 : held.row.okCount + failedCount(held.row);
  const size = held?.size ?? null;
  const next = sizes.find((candidate) => candidate > (size ?? 0)) ?? null;
  const limitReason =
    above === undefined ? untriedReason(next, limit) : `${above.size} nodes: ${failureTexts(above.row)}`;
  const isMax = above !== undefined || (next ?? (size ?? 0) + 1) > limit;
  return { row, size, okCount: held?.row.okCount ?? 0, startCount, isMax, limitReason };
}

function untriedReason(next: number | null, limit: number): string {
  if (next === null) return 'no larger size was requested';
  if (next > limit) return `${next} nodes are beyond what it declares as its limit`;
  return `${next} nodes: unknown, too few of their starts counted`;
}

function failedCount({ trials }: Row): number {
  return trials.filter(({ status }) => status === 'failed' || status === 'overloaded').length;
}

function failureTexts({ notes }: Row): string {
  const worst = notes.filter(({ kind }) => kind === 'failed' || kind === 'overloaded');
  return worst.map(({ text }) => text).join('; ');
}

function sizeOf({ cluster }: Question): number {
  return cluster?.size ?? 0;
}

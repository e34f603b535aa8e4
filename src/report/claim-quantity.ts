import type { Quantity } from '../model/claim.ts';
import type { RunResult } from '../model/run-result.ts';
import { type Range, rangeOf } from '../stats/range.ts';
import { reportCells } from './cells.ts';
import { largestClusters } from './largest-cluster.ts';
import type { Cell } from './model.ts';
import { type PrimitiveRow, type PrimitiveSection, primitiveSections } from './primitives.ts';
import { whoIsWho } from './who.ts';

/** One result file, read for claims. */
export interface Evidence {
  readonly result: RunResult;
  readonly cells: readonly Cell[];
  readonly primitives: readonly PrimitiveSection[];
}

export function evidenceOf(result: RunResult): Evidence {
  const who = whoIsWho([result]);
  return { result, cells: reportCells(result, [], who), primitives: primitiveSections(result, who) };
}

/** Lines of code by language; null where a core is not there. */
export type CodeLines = Readonly<Record<'go' | 'python', number | null>>;

/** What a file (or, for lines of code, the checkout) says of a quantity; null: nothing. */
export function quantityIn(evidence: Evidence, quantity: Quantity, codeLines: CodeLines): Range | null {
  if (quantity.kind === 'code-lines') return rangeOf([codeLines[quantity.language]]);
  if (quantity.kind === 'largest-cluster') return largestCluster(evidence, quantity.implementation);
  if (quantity.kind === 'primitive') return primitiveQuantity(evidence, quantity);
  return trialQuantity(evidence.cells, quantity);
}

function trialQuantity(cells: readonly Cell[], { workload, implementation, metric }: Of<'trial'>): Range | null {
  const cell = cells.find((one) => one.workload === workload && one.temperature === 'warm');
  const row = cell?.rows.find(({ who }) => who.implementation === implementation);
  return row?.figures[metric] ?? null;
}

type Of<Kind extends Quantity['kind']> = Extract<Quantity, { kind: Kind }>;

function primitiveQuantity({ primitives }: Evidence, quantity: Of<'primitive'>): Range | null {
  const rows =
    primitives
      .find(({ facts }) => facts.id === quantity.primitive)
      ?.rows.filter(
        ({ implementation, variant }) => implementation === quantity.implementation && variant === quantity.variant,
      ) ?? [];
  if (quantity.of === 'greatest-size') return greatestWorked(rows, quantity.size);
  const row = rows.find(({ size }) => size === quantity.size);
  return row === undefined ? null : figureOf(row, quantity.of);
}

/** Only of a run that came to the last size (tried, or given up below it): one cut short says nothing of the greatest. */
function greatestWorked(rows: readonly PrimitiveRow[], lastSize: number | null): Range | null {
  if (!rows.some(({ size }) => size === lastSize)) return null;
  const worked = rows.filter(({ okCount }) => okCount > 0).map(({ size }) => size ?? 0);
  return worked.length === 0 ? null : rangeOf([Math.max(...worked)]);
}

function figureOf(row: PrimitiveRow, of: Of<'primitive'>['of']): Range | null {
  if (of === 'wall') return row.belowLoop ? null : row.wallNs;
  if (of === 'cpu') return row.cpuNs;
  if (of === 'private') return row.privateBytes;
  if (of === 'each') return row.bytesPerUnit;
  return row.osThreadCount === null || row.okCount === 0 ? null : rangeOf([(row.size ?? 0) / row.osThreadCount]);
}

/** Only where it is known that nothing larger holds: a run cut short, or one that asked for no more, says nothing of the greatest. */
function largestCluster({ result, cells }: Evidence, implementation: string): Range | null {
  const scale = cells.filter(({ workload }) => workload === 'scale');
  const largest = largestClusters(scale, result.implementations).find(
    ({ row }) => row.who.implementation === implementation,
  );
  return largest?.isGreatest && largest.size !== null ? rangeOf([largest.size]) : null;
}

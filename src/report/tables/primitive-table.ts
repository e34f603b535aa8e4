import type { PrimitiveFacts } from '../../model/primitive.ts';
import type { Range } from '../../stats/descriptive.ts';
import { maxSize } from '../build/primitives.ts';
import { formatBytes, formatNs, noValue } from '../format.ts';
import type { PrimitiveRow, PrimitiveSection } from '../model.ts';

export interface PrimitiveColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
  text(row: PrimitiveRow): string;
}

/** The columns of a primitive's table, after the case: the same in every format. */
export function primitiveColumns({ kind, sizeLabel }: PrimitiveFacts): PrimitiveColumn[] {
  const size: PrimitiveColumn[] =
    sizeLabel === null
      ? []
      : [{ head: sizeLabel, align: 'right', text: ({ size: count }) => (count ?? 0).toLocaleString('en-US') }];
  return [...size, ...(kind === 'memory' ? memoryColumns(sizeLabel) : timeColumns(kind))];
}

function timeColumns(kind: PrimitiveFacts['kind']): PrimitiveColumn[] {
  const threads: PrimitiveColumn[] =
    kind === 'start' ? [] : [{ head: 'OS threads', align: 'right', text: (row) => threadsText(row) }];
  return [
    { head: kind === 'lateness' ? 'timer lateness' : 'wall', align: 'right', text: (row) => wallTimeText(row) },
    { head: 'CPU', align: 'right', text: ({ cpuNs }) => rangeText(cpuNs, formatNs) },
    ...(kind === 'time'
      ? [{ head: 'empty loop', align: 'right' as const, text: (row: PrimitiveRow) => emptyText(row) }]
      : []),
    ...threads,
  ];
}

function memoryColumns(sizeName: string | null): PrimitiveColumn[] {
  const perUnit: PrimitiveColumn[] =
    sizeName === null
      ? []
      : [{ head: 'per unit', align: 'right', text: ({ bytesPerUnit }) => rangeText(bytesPerUnit, formatBytes) }];
  return [
    { head: 'private memory', align: 'right', text: (row) => privateText(row) },
    ...perUnit,
    { head: 'OS threads', align: 'right', text: (row) => threadsText(row) },
  ];
}

function wallTimeText(row: PrimitiveRow): string {
  if (row.wallNs === null) return row.failureText === null ? noValue : 'failed';
  return row.isBelowLoop ? `< ${formatNs(row.wallNs.median)}` : rangeText(row.wallNs, formatNs);
}

function privateText(row: PrimitiveRow): string {
  return row.privateBytes === null && row.failureText !== null ? 'none' : rangeText(row.privateBytes, formatBytes);
}

function emptyText({ emptyLoopNs }: PrimitiveRow): string {
  return emptyLoopNs === null ? noValue : formatNs(emptyLoopNs);
}

function threadsText({ osThreadCount }: PrimitiveRow): string {
  return osThreadCount === null ? noValue : osThreadCount.toLocaleString('en-US');
}

/** The unit once where it is the same: "1.20 µs (1.18–1.25)". */
function rangeText(range: Range | null, text: (value: number) => string): string {
  if (range === null) return noValue;
  if (range.values.length < 2) return text(range.median);
  const ends = [range.min, range.max].map(text);
  const unit = text(range.median).split(' ')[1] ?? '';
  const same = ends.every((end) => end.endsWith(` ${unit}`));
  const shown = same ? ends.map((end) => end.slice(0, -unit.length - 1)) : ends;
  return `${text(range.median)} (${shown.join('–')})`;
}

/** What the figures do not show: where a limit was reached, what failed, what is too fast to measure. */
export function failureLines({ rows, facts }: PrimitiveSection): string[] {
  const labels = [...new Set(rows.map(({ label }) => label))];
  return labels.flatMap((label) => {
    const own = rows.filter((row) => row.label === label);
    const limit = facts.kind === 'memory' && facts.sizeLabel !== null ? maxSize(rows, label) : null;
    if (limit !== null) return [`${label}: at most ${limit.size.toLocaleString('en-US')} here; more: ${limit.why}`];
    const failed = own
      .filter(({ failureText }) => failureText !== null)
      .map(({ failureText }) => `${label}: ${failureText}`);
    const fast = own.some(({ isBelowLoop }) => isBelowLoop)
      ? [`${label}: not clearly more expensive than the loop around it: an upper bound`]
      : [];
    return [...new Set(failed), ...fast];
  });
}

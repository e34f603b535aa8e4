import { cellId, cellName } from '../compare/cell.ts';
import { changeText, percentText, pText, signedPercent, waiverText } from '../compare/words.ts';
import type { ComparedRun, Comparison, Correction, RunComparison, Verdict, VerdictKind } from '../model/comparison.ts';
import { metrics } from '../model/metric.ts';
import { formatFigure, formatNumber, shownUnit } from './format.ts';

/** A cell of a comparison as every table shows it. */
export interface ComparisonBlock {
  readonly id: string;
  readonly title: string;
  /** What is true of the cell as a whole ("added: …"); its lines are then empty. */
  readonly remark: string | null;
  readonly gated: readonly ComparisonLine[];
  readonly informative: readonly ComparisonLine[];
}

export interface ComparisonLine {
  readonly id: string;
  readonly kind: VerdictKind;
  /** "CPU per request, ms" */
  readonly what: string;
  readonly base: string;
  readonly head: string;
  /** "+6.1 % [+4.0, +8.2]" */
  readonly change: string;
  readonly p: string;
  /** null where no comparison of the run has one. */
  readonly floor: string | null;
  /** One word, or two. */
  readonly verdict: string;
  /** What qualifies the word: how sure, confirmed, waived, or what it would take. */
  readonly note: string;
}

const nothing = '–';

export function comparisonBlocks({ comparisons }: RunComparison): ComparisonBlock[] {
  const hasFloor = comparisons.some(({ floorRatio }) => floorRatio !== null);
  const byCell = Map.groupBy(comparisons, ({ cell }) => cellId(cell));
  return [...byCell].flatMap(([id, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const remark = sharedRemark(own);
    const lines = (role: Comparison['role']) =>
      remark === null ? own.filter((one) => one.role === role).map((one) => lineOf(one, hasFloor)) : [];
    return [{ id, title: cellName(first.cell), remark, gated: lines('gated'), informative: lines('informative') }];
  });
}

/** Where every metric has the same reason for having no answer, it is said once. */
function sharedRemark(own: readonly Comparison[]): string | null {
  const texts = new Set(
    own.map(({ verdict, waiver }) =>
      [`${verdictWords[verdict.kind]}: ${verdict.reason}`, ...(waiver === null ? [] : [waiverText(waiver)])].join('; '),
    ),
  );
  const [only] = texts;
  const [first] = own;
  if (only === undefined || first === undefined || texts.size > 1) return null;
  const isWhole = first.verdict.kind === 'worse' ? first.verdict.rule === 'contract' : first.change === null;
  return isWhole ? only : null;
}

/** The remarks of whole cells, each once, with the titles of the cells. */
export function remarks(blocks: readonly ComparisonBlock[]): { readonly remark: string; readonly titles: string[] }[] {
  const byRemark = Map.groupBy(
    blocks.flatMap(({ remark, title }) => (remark === null ? [] : [{ remark, title }])),
    ({ remark }) => remark,
  );
  return [...byRemark].map(([remark, same]) => ({ remark, titles: same.map(({ title }) => title) }));
}

function lineOf(comparison: Comparison, hasFloor: boolean): ComparisonLine {
  const { id, verdict, change, floorRatio } = comparison;
  return {
    id,
    kind: verdict.kind,
    what: whatText(comparison),
    base: valueText(comparison, comparison.base?.value ?? null),
    head: valueText(comparison, comparison.head?.value ?? null),
    change: change === null ? nothing : changeText(change),
    p: change === null || change.method === 'counts' ? nothing : pText(leastP(change)),
    floor: hasFloor ? (floorRatio === null ? nothing : percentText(floorRatio)) : null,
    verdict: `${verdictWords[verdict.kind]}${comparison.confirmation === 'cut-short' ? ', not confirmed (cut short)' : ''}`,
    note: noteText(comparison),
  };
}

function whatText({ label, unit, metricId }: Comparison): string {
  const shown = shownUnit(unit);
  return metricId === 'errors' || label.startsWith(shown) ? label : `${label}, ${shown}`;
}

function valueText({ unit }: Comparison, value: number | null): string {
  if (value === null) return nothing;
  return unit === 'count' ? formatNumber(value).replace(/\.0+$/, '') : formatFigure(unit, value);
}

/** Of the direction the change went. */
function leastP({ pWorseAdjusted, pBetterAdjusted }: NonNullable<Comparison['change']>): number {
  return Math.min(pWorseAdjusted, pBetterAdjusted);
}

export const verdictWords: Readonly<Record<VerdictKind, string>> = {
  better: 'better',
  worse: 'worse',
  same: 'same',
  inconclusive: 'inconclusive',
  'too-few': 'too few',
  added: 'added',
  removed: 'removed',
  'not-comparable': 'not comparable',
};

function noteText({ verdict, confirmation, waiver, better, correction, warnings }: Comparison): string {
  const parts = [
    ...correctionParts(correction, verdict),
    ...warnings.map(({ message }) => message),
    ...(waiver === null ? [] : [waiverText(waiver)]),
    ...(confirmation === 'confirmed' ? ['confirmed by fresh pairs'] : []),
    ...(confirmation === 'unconfirmed' ? ['fresh pairs did not say so again'] : []),
  ];
  if (verdict.kind === 'same') return parts.join('; ');
  if (verdict.kind === 'better' || verdict.kind === 'worse') {
    const certain =
      verdict.certainlyRatio === null ? verdict.reason : certainlyText(verdict.certainlyRatio, better, verdict.kind);
    return [certain, ...parts].join('; ');
  }
  return [verdict.reason, ...parts].join('; ');
}

function correctionParts(correction: Correction | null, verdict: Verdict): string[] {
  if (correction === null || correction.ground === 'wider') return [];
  const { objection } = correction;
  if (objection === null) return isMarked(correction) ? [correctionText(correction)] : [];
  return objection === verdict.reason ? [] : [objection];
}

/** Whether the correction made the interval narrower by enough to speak of. */
function isMarked({ widthRatio }: Correction): boolean {
  return widthRatio === null || widthRatio < 0.95;
}

/** "with the machine’s speed taken out by the database CPU per request (interval 4.2 times narrower); without: +9.0 % [−5.1, +25.3]" */
export function correctionText(correction: Correction): string {
  const { controlId, raw, widthRatio } = correction;
  const label = metrics.find(({ id }) => id === controlId)?.label ?? controlId;
  const narrower =
    widthRatio === null || !isMarked(correction) ? '' : ` (interval ${(1 / widthRatio).toFixed(1)} times narrower)`;
  return `with the machine’s speed taken out by the ${label}${narrower}; without: ${changeText(raw)}`;
}

/** The end of the interval that is nearer to no change. */
function certainlyText(certainlyRatio: number, better: Comparison['better'], kind: 'better' | 'worse'): string {
  const rises = (kind === 'worse') === (better === 'lower');
  return rises
    ? `certainly above ${signedPercent(certainlyRatio)}`
    : `certainly below ${signedPercent(-certainlyRatio / (1 + certainlyRatio))}`;
}

/** "0123abcdef a commit (2026-01-15)" */
export function sideText({ commit, runIds, startedAt }: ComparedRun): string {
  const what =
    commit === null ? runIds.join(', ') : `${commit.sha}${commit.dirty ? ' with changes' : ''} ${commit.subject}`;
  return `${what} (${startedAt.slice(0, 10)})`;
}

import { changeText, countOf, percentText, pText, signedPercent, waiverText } from '../../compare/text.ts';
import { cellId, describeCell } from '../../model/cell-key.ts';
import type {
  BuildFailureRecord,
  ComparedRun,
  Comparison,
  Correction,
  RunComparison,
  Verdict,
  VerdictKind,
} from '../../model/comparison.ts';
import { metrics } from '../../model/metric.ts';
import { formatFigure, formatNumber, labelWithUnit, noValue } from '../format.ts';

/** A cell of a comparison as every table shows it. */
export interface ComparisonTable {
  readonly id: string;
  readonly title: string;
  /** What is true of the cell as a whole ("added: …"); its lines are then empty. */
  readonly remark: string | null;
  readonly gated: readonly ComparisonRow[];
  readonly informative: readonly ComparisonRow[];
}

export interface ComparisonRow {
  readonly id: string;
  readonly kind: VerdictKind;
  /** "CPU per request, ms" */
  readonly metric: string;
  readonly base: string;
  readonly head: string;
  /** "+6.1 % [+4.0, +8.2]" */
  readonly change: string;
  readonly p: string;
  /** null where no comparison of the run has one. */
  readonly noiseFloor: string | null;
  /** One word, or two. */
  readonly verdict: string;
  /** What qualifies the word: how sure, confirmed, waived, or what it would take. */
  readonly note: string;
}

export function comparisonTables({ comparisons }: RunComparison): ComparisonTable[] {
  const hasFloor = comparisons.some(({ noiseFloorRatio }) => noiseFloorRatio !== null);
  const byCell = Map.groupBy(comparisons, ({ cell }) => cellId(cell));
  return [...byCell].flatMap(([id, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const remark = commonRemark(own);
    const lines = (role: Comparison['role']) =>
      remark === null ? own.filter((one) => one.role === role).map((one) => comparisonRow(one, hasFloor)) : [];
    return [{ id, title: describeCell(first.cell), remark, gated: lines('gated'), informative: lines('informative') }];
  });
}

/** Where every metric has the same reason for having no answer, it is said once. */
function commonRemark(own: readonly Comparison[]): string | null {
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
export function tableRemarks(
  blocks: readonly ComparisonTable[],
): { readonly remark: string; readonly titles: string[] }[] {
  const byRemark = Map.groupBy(
    blocks.flatMap(({ remark, title }) => (remark === null ? [] : [{ remark, title }])),
    ({ remark }) => remark,
  );
  return [...byRemark].map(([remark, same]) => ({ remark, titles: same.map(({ title }) => title) }));
}

function comparisonRow(comparison: Comparison, hasFloor: boolean): ComparisonRow {
  const { id, verdict, change, noiseFloorRatio } = comparison;
  return {
    id,
    kind: verdict.kind,
    metric: comparison.metricId === 'errors' ? comparison.label : labelWithUnit(comparison),
    base: sideValue(comparison, comparison.base?.value ?? null),
    head: sideValue(comparison, comparison.head?.value ?? null),
    change: change === null ? noValue : changeText(change),
    p: change === null || change.method === 'counts' ? noValue : pText(smallerP(change)),
    noiseFloor: hasFloor ? (noiseFloorRatio === null ? noValue : percentText(noiseFloorRatio)) : null,
    verdict: `${verdictWords[verdict.kind]}${comparison.confirmation === 'cut-short' ? ', not confirmed (cut short)' : ''}`,
    note: comparisonNote(comparison),
  };
}

function sideValue({ unit }: Comparison, value: number | null): string {
  if (value === null) return noValue;
  return unit === 'count' ? formatNumber(value).replace(/\.0+$/, '') : formatFigure(unit, value);
}

/** Of the direction the change went. */
function smallerP({ pWorseAdjusted, pBetterAdjusted }: NonNullable<Comparison['change']>): number {
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

function comparisonNote({ verdict, confirmation, waiver, better, correction, warnings }: Comparison): string {
  const parts = [
    ...correctionNotes(correction, verdict),
    ...warnings.map(({ message }) => message),
    ...(waiver === null ? [] : [waiverText(waiver)]),
    ...(confirmation === 'confirmed' ? ['confirmed by fresh pairs'] : []),
    ...(confirmation === 'unconfirmed' ? ['fresh pairs did not say so again'] : []),
  ];
  if (verdict.kind === 'same') return parts.join('; ');
  if (verdict.kind === 'better' || verdict.kind === 'worse') {
    const certain =
      verdict.minChangeRatio === null
        ? verdict.reason
        : certainChangeText(verdict.minChangeRatio, better, verdict.kind);
    return [certain, ...parts].join('; ');
  }
  return [verdict.reason, ...parts].join('; ');
}

function correctionNotes(correction: Correction | null, verdict: Verdict): string[] {
  if (correction === null || correction.reason === 'wider') return [];
  const { caveat } = correction;
  if (caveat === null) return isNarrower(correction) ? [correctionText(correction)] : [];
  return caveat === verdict.reason ? [] : [caveat];
}

/** Whether the correction made the interval narrower by enough to speak of. */
function isNarrower({ widthRatio }: Correction): boolean {
  return widthRatio === null || widthRatio < 0.95;
}

/** "with the machine’s speed taken out by the database CPU per request (interval 4.2 times narrower); without: +9.0 % [−5.1, +25.3]" */
export function correctionText(correction: Correction): string {
  const { controlMetricId, raw, widthRatio } = correction;
  const label = metrics.find(({ id }) => id === controlMetricId)?.label ?? controlMetricId;
  const narrower =
    widthRatio === null || !isNarrower(correction) ? '' : ` (interval ${(1 / widthRatio).toFixed(1)} times narrower)`;
  return `with the machine’s speed taken out by the ${label}${narrower}; without: ${changeText(raw)}`;
}

/** The end of the interval that is nearer to no change. */
function certainChangeText(minChangeRatio: number, better: Comparison['better'], kind: 'better' | 'worse'): string {
  const rises = (kind === 'worse') === (better === 'lower');
  return rises
    ? `certainly above ${signedPercent(minChangeRatio)}`
    : `certainly below ${signedPercent(-minChangeRatio / (1 + minChangeRatio))}`;
}

/** "0123abcdef a commit (2026-01-15)" */
export function sideLabel({ commit, runIds, startedAt }: ComparedRun): string {
  const what =
    commit === null ? runIds.join(', ') : `${commit.sha}${commit.dirty ? ' with changes' : ''} ${commit.subject}`;
  return `${what} (${startedAt.slice(0, 10)})`;
}

export function withLog(failures: readonly BuildFailureRecord[]): BuildFailureRecord[] {
  return failures.filter(({ logTail }) => logTail.trim() !== '');
}

export function logSummary({ side, implementation }: BuildFailureRecord): string {
  return `what ${side}’s build of ${implementation} printed`;
}

/** The statistics behind every verdict, in a sentence. */
export function methodText({ alpha, familyCount, comparisons }: RunComparison): string {
  const effects = comparisons
    .filter(({ role, metricId }) => role === 'gated' && metricId !== 'errors')
    .map(({ label, minEffectRatio }) => `${label} ${percentText(minEffectRatio)}`);
  const family = familyCount === 0 ? '' : `, over ${countOf(familyCount, 'gated comparison')} (Holm)`;
  const matters = effects.length === 0 ? '' : ` Smallest changes that matter: ${[...new Set(effects)].join(', ')}.`;
  return `Change: Hodges–Lehmann with its 95 % interval. p: one-sided exact rank test, at most ${alpha}${family}.${matters}`;
}

import type { CompareCell, Comparison, ComparisonOutcome, RunComparison, VerdictKind } from '../model/comparison.ts';
import { cellId, cellName } from './cell.ts';
import { changeText, countOf } from './words.ts';

/** Gated, worse, not waived, and neither refuted by fresh pairs nor cut short before them: what fails a commit. */
export function isRegression(comparison: Comparison): boolean {
  const { confirmation } = comparison;
  return isGatedWorse(comparison) && confirmation !== 'unconfirmed' && confirmation !== 'cut-short';
}

function isGatedWorse({ role, verdict, waiver }: Comparison): boolean {
  return role === 'gated' && verdict.kind === 'worse' && waiver === null;
}

/** One sentence and one exit code for all comparisons. */
export function outcomeOf(comparisons: readonly Comparison[]): ComparisonOutcome {
  const gated = comparisons.filter(({ role }) => role === 'gated');
  const regressions = comparisons.filter(isRegression);
  if (regressions.length > 0) {
    const sentences = [`Worse: ${regressions.map(shiftText).join('; ')}.`, ...withoutAnswer(gated)];
    return { kind: 'regression', exitCode: 1, sentence: sentences.join(' ') };
  }
  const open = comparisons.filter((one) => isGatedWorse(one) && one.confirmation === 'cut-short');
  if (open.length > 0) {
    const sentence = `Worse, not confirmed (cut short): ${open.map(shiftText).join('; ')}.`;
    return { kind: 'nothing-decidable', exitCode: 3, sentence };
  }
  if (!isDecidable(gated)) {
    return { kind: 'nothing-decidable', exitCode: 3, sentence: `Nothing could be decided: ${whyNothing(gated)}.` };
  }
  return { kind: 'no-regression', exitCode: 0, sentence: calmSentence(gated) };
}

/** For two results named by somebody: where a commit may add all that it touches, files without a question in common are a slip. */
export function requiringCommon(comparison: RunComparison): RunComparison {
  const gated = comparison.comparisons.filter(({ role }) => role === 'gated');
  if (gated.length === 0 || !gated.every(isOneSided)) return comparison;
  const [ofBase, ofHead] = (['removed', 'added'] as const).map((kind) => cellsText(gated, kind));
  const sentence = `Nothing could be decided: base and head have no question in common (base asked ${ofBase}; head asked ${ofHead}).`;
  return { ...comparison, outcome: { kind: 'nothing-decidable', exitCode: 3, sentence } };
}

function isOneSided({ verdict }: Comparison): boolean {
  return verdict.kind === 'added' || verdict.kind === 'removed';
}

function cellsText(gated: readonly Comparison[], kind: 'added' | 'removed'): string {
  const cells: CompareCell[] = gated.filter(({ verdict }) => verdict.kind === kind).map(({ cell }) => cell);
  const [first, ...others] = new Map(cells.map((cell) => [cellId(cell), cellName(cell)])).values();
  if (first === undefined) return 'none of these';
  return others.length === 0 ? `“${first}”` : `“${first}” and ${countOf(others.length, 'other')}`;
}

/** "CPU per request of crud-go, history at 100/s, +6.1 % [+4.0, +8.2]" */
export function shiftText({ label, cell, change, verdict }: Comparison): string {
  const how = change === null || change.ratio === null ? verdict.reason : changeText(change);
  return `${label} of ${cellName(cell)}, ${how}`;
}

const answers: readonly VerdictKind[] = ['better', 'worse', 'same', 'inconclusive'];

/** At least one effect was judged, or everything is new, or everything is gone. */
function isDecidable(gated: readonly Comparison[]): boolean {
  const kinds = new Set(gated.filter(({ metricId }) => metricId !== 'errors').map(({ verdict }) => verdict.kind));
  if (answers.some((kind) => kinds.has(kind))) return true;
  const ofErrors = new Set(gated.map(({ verdict }) => verdict.kind));
  if (ofErrors.has('worse') || ofErrors.has('better')) return true;
  return gated.length > 0 && gated.every(isOneSided);
}

function whyNothing(gated: readonly Comparison[]): string {
  const reasons = gated.flatMap(({ verdict }) =>
    verdict.kind === 'too-few' || verdict.kind === 'not-comparable' ? [verdict.reason] : [],
  );
  const [first, ...others] = [...new Set(reasons)];
  if (first === undefined) return 'base and head have no trial of a service to compare (primitives are not compared)';
  return others.length === 0 ? first : `${first} (and ${countOf(others.length, 'other reason')})`;
}

/** How many of each verdict, then those by name that a reader must know of. */
function calmSentence(gated: readonly Comparison[]): string {
  const by = Map.groupBy(gated, headlineWord);
  const counts = headlineWords.flatMap((word) => (by.has(word) ? [`${by.get(word)?.length} ${word}`] : []));
  const summary = `No regression found: ${counts.join(', ')} (${countOf(gated.length, 'gated comparison')}).`;
  const named = (['better', 'waived', 'not confirmed'] as const).flatMap((word) => {
    const own = by.get(word) ?? [];
    return own.length === 0 ? [] : [`${capitalized(word)}: ${own.map(shiftText).join('; ')}.`];
  });
  return [summary, ...named, ...withoutAnswer(gated)].join(' ');
}

const headlineWords = [
  'better',
  'waived',
  'not confirmed',
  'the same',
  'inconclusive',
  'with too few trials',
  'not comparable',
  'added',
  'removed',
] as const;

function headlineWord({ verdict: { kind }, waiver }: Comparison): (typeof headlineWords)[number] {
  if (kind === 'worse') return waiver === null ? 'not confirmed' : 'waived';
  if (kind === 'same') return 'the same';
  if (kind === 'too-few') return 'with too few trials';
  return kind === 'not-comparable' ? 'not comparable' : kind;
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const namedMost = 3;

/** What gates and could not be compared, by name: it must not pass unseen. A cell of which nothing could is named once. */
function withoutAnswer(gated: readonly Comparison[]): string[] {
  const byCell = Map.groupBy(gated, ({ cell }) => cellId(cell));
  const names = [...byCell.values()].flatMap((own) => {
    const lost = own.filter(({ verdict }) => verdict.kind === 'not-comparable');
    const reasons = new Set(lost.map(({ verdict }) => verdict.reason));
    if (lost.length === own.length && reasons.size === 1) {
      return lost.slice(0, 1).map(({ cell, verdict }) => `${cellName(cell)} (${verdict.reason})`);
    }
    return lost.map(({ label, cell, verdict }) => `${label} of ${cellName(cell)} (${verdict.reason})`);
  });
  if (names.length === 0) return [];
  const more = names.length > namedMost ? [`and ${names.length - namedMost} more`] : [];
  return [`Not comparable: ${[...names.slice(0, namedMost), ...more].join('; ')}.`];
}

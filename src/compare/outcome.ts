import type { CellKey } from '../model/cell-key.ts';
import { cellId, describeCell } from '../model/cell-key.ts';
import type { Comparison, ComparisonOutcome, RunComparison, VerdictKind } from '../model/comparison.ts';
import type { Waiver } from '../model/gate-policy.ts';
import { changeText, countOf } from './text.ts';

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
    const sentences = [`Worse: ${regressions.map(describeChange).join('; ')}.`, ...incomparableSummary(gated)];
    return { kind: 'regression', exitCode: 1, summary: sentences.join(' ') };
  }
  const open = comparisons.filter((one) => isGatedWorse(one) && one.confirmation === 'cut-short');
  if (open.length > 0) {
    const sentence = `Worse, not confirmed (cut short): ${open.map(describeChange).join('; ')}.`;
    return { kind: 'undecidable', exitCode: 3, summary: sentence };
  }
  if (!isDecidable(gated)) {
    return { kind: 'undecidable', exitCode: 3, summary: `Nothing could be decided: ${undecidableReason(gated)}.` };
  }
  return { kind: 'no-regression', exitCode: 0, summary: noRegressionSummary(gated) };
}

/** For two results named by somebody: where a commit may add all that it touches, files without a question in common are a slip. */
export function requireOverlap(comparison: RunComparison): RunComparison {
  const gated = comparison.comparisons.filter(({ role }) => role === 'gated');
  if (gated.length === 0 || !gated.every(isOneSided)) return comparison;
  const [ofBase, ofHead] = (['removed', 'added'] as const).map((kind) => cellsText(gated, kind));
  const sentence = `Nothing could be decided: base and head have no question in common (base asked ${ofBase}; head asked ${ofHead}).`;
  return { ...comparison, outcome: { kind: 'undecidable', exitCode: 3, summary: sentence } };
}

function isOneSided({ verdict }: Comparison): boolean {
  return verdict.kind === 'added' || verdict.kind === 'removed';
}

function cellsText(gated: readonly Comparison[], kind: 'added' | 'removed'): string {
  const cells: CellKey[] = gated.filter(({ verdict }) => verdict.kind === kind).map(({ cell }) => cell);
  const [first, ...others] = new Map(cells.map((cell) => [cellId(cell), describeCell(cell)])).values();
  if (first === undefined) return 'none of these';
  return others.length === 0 ? `“${first}”` : `“${first}” and ${countOf(others.length, 'other')}`;
}

/** "CPU per request of crud-go, history at 100/s, +6.1 % [+4.0, +8.2]" */
function describeChange({ label, cell, change, verdict }: Comparison): string {
  const how = change === null || change.ratio === null ? verdict.reason : changeText(change);
  return `${label} of ${describeCell(cell)}, ${how}`;
}

const decidedKinds: readonly VerdictKind[] = ['better', 'worse', 'same', 'inconclusive'];

/** At least one effect has a verdict, or everything is new, or everything is gone. */
function isDecidable(gated: readonly Comparison[]): boolean {
  const kinds = new Set(gated.filter(({ metricId }) => metricId !== 'errors').map(({ verdict }) => verdict.kind));
  if (decidedKinds.some((kind) => kinds.has(kind))) return true;
  const ofErrors = new Set(gated.map(({ verdict }) => verdict.kind));
  if (ofErrors.has('worse') || ofErrors.has('better')) return true;
  return gated.length > 0 && gated.every(isOneSided);
}

function undecidableReason(gated: readonly Comparison[]): string {
  const reasons = gated.flatMap(({ verdict }) =>
    verdict.kind === 'too-few' || verdict.kind === 'not-comparable' ? [verdict.reason] : [],
  );
  const [first, ...others] = [...new Set(reasons)];
  if (first === undefined) return 'base and head have no trial of a service to compare (primitives are not compared)';
  return others.length === 0 ? first : `${first} (and ${countOf(others.length, 'other reason')})`;
}

/** How many of each verdict, then those by name that a reader must know of. */
function noRegressionSummary(gated: readonly Comparison[]): string {
  const by = Map.groupBy(gated, headlineWord);
  const counts = headlineWords.flatMap((word) => (by.has(word) ? [`${by.get(word)?.length} ${word}`] : []));
  const summary = `No regression found: ${counts.join(', ')} (${countOf(gated.length, 'gated comparison')}).`;
  const named = (['better', 'waived', 'not confirmed'] as const).flatMap((word) => {
    const own = by.get(word) ?? [];
    return own.length === 0 ? [] : [`${capitalized(word)}: ${own.map(describeChange).join('; ')}.`];
  });
  return [summary, ...named, ...incomparableSummary(gated)].join(' ');
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

const maxNamed = 3;

/** What gates and could not be compared, by name: it must not pass unseen. A cell of which nothing could is named once. */
function incomparableSummary(gated: readonly Comparison[]): string[] {
  const byCell = Map.groupBy(gated, ({ cell }) => cellId(cell));
  const names = [...byCell.values()].flatMap((own) => {
    const lost = own.filter(({ verdict }) => verdict.kind === 'not-comparable');
    const reasons = new Set(lost.map(({ verdict }) => verdict.reason));
    if (lost.length === own.length && reasons.size === 1) {
      return lost.slice(0, 1).map(({ cell, verdict }) => `${describeCell(cell)} (${verdict.reason})`);
    }
    return lost.map(({ label, cell, verdict }) => `${label} of ${describeCell(cell)} (${verdict.reason})`);
  });
  if (names.length === 0) return [];
  const more = names.length > maxNamed ? [`and ${names.length - maxNamed} more`] : [];
  return [`Not comparable: ${[...names.slice(0, maxNamed), ...more].join('; ')}.`];
}

/** What a fresh set of pairs must say again: gated, and better or worse by a rule that chance can fool. */
export function needsConfirmation({ role, verdict, waiver }: Comparison): boolean {
  if (role !== 'gated' || waiver !== null) return false;
  return (verdict.kind === 'worse' || verdict.kind === 'better') && verdict.rule !== 'contract';
}

/** The first comparison with each flag confirmed or not by `fresh`, made of other trials of the same commits. */
export function applyConfirmation(first: RunComparison, fresh: RunComparison): RunComparison {
  const again = new Map(fresh.comparisons.map((comparison) => [comparison.id, comparison]));
  const comparisons = first.comparisons.map((comparison) => {
    if (!needsConfirmation(comparison)) return comparison;
    const isSame = again.get(comparison.id)?.verdict.kind === comparison.verdict.kind;
    return { ...comparison, confirmation: isSame ? ('confirmed' as const) : ('unconfirmed' as const) };
  });
  return { ...first, comparisons, outcome: outcomeOf(comparisons) };
}

/** The first comparison of a run that ended before fresh pairs could say the same. */
export function markCutShort(first: RunComparison): RunComparison {
  const comparisons = first.comparisons.map((comparison) =>
    needsConfirmation(comparison) ? { ...comparison, confirmation: 'cut-short' as const } : comparison,
  );
  const outcome = outcomeOf(comparisons);
  const isSaid = comparisons.some(({ confirmation }) => confirmation === 'cut-short');
  return {
    ...first,
    comparisons,
    outcome: isSaid ? outcome : { ...outcome, summary: `Cut short. ${outcome.summary}` },
  };
}

/** A change that is worse and known about keeps its verdict and carries its waiver. */
export function applyWaiver(
  comparison: Comparison,
  { waivers, today }: { readonly waivers: readonly Waiver[]; readonly today: string },
): Comparison {
  if (comparison.verdict.kind !== 'worse') return comparison;
  const waiver = waivers.find(({ cell, until }) => until >= today && matchesCell(cell, comparison.id));
  return waiver === undefined ? comparison : { ...comparison, waiver };
}

/** The whole id, or its beginning up to a slash, which may end it. */
export function matchesCell(cell: string, id: string): boolean {
  const beginning = withoutTrailingSlash(cell);
  return id === beginning || id.startsWith(`${beginning}/`);
}

/** `crud-go/` as `crud-go`. */
export function withoutTrailingSlash(cell: string): string {
  return cell.replace(/\/+$/, '');
}

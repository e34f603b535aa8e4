import type { Comparison, RunComparison } from '../model/comparison.ts';
import { outcomeOf } from './outcome.ts';

/** What a fresh set of pairs must say again: gated, and better or worse by a rule that chance can fool. */
export function needsConfirmation({ role, verdict, waiver }: Comparison): boolean {
  if (role !== 'gated' || waiver !== null) return false;
  return (verdict.kind === 'worse' || verdict.kind === 'better') && verdict.rule !== 'contract';
}

/** The first comparison with each flag confirmed or not by `fresh`, made of other trials of the same commits. */
export function confirmed(first: RunComparison, fresh: RunComparison): RunComparison {
  const again = new Map(fresh.comparisons.map((comparison) => [comparison.id, comparison]));
  const comparisons = first.comparisons.map((comparison) => {
    if (!needsConfirmation(comparison)) return comparison;
    const isSame = again.get(comparison.id)?.verdict.kind === comparison.verdict.kind;
    return { ...comparison, confirmation: isSame ? ('confirmed' as const) : ('unconfirmed' as const) };
  });
  return { ...first, comparisons, outcome: outcomeOf(comparisons) };
}

/** The first comparison of a run that ended before fresh pairs could say the same. */
export function cutShort(first: RunComparison): RunComparison {
  const comparisons = first.comparisons.map((comparison) =>
    needsConfirmation(comparison) ? { ...comparison, confirmation: 'cut-short' as const } : comparison,
  );
  return { ...first, comparisons, outcome: outcomeOf(comparisons) };
}

import type { Change, Comparison, Verdict } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import { holm } from '../stats/holm.ts';
import type { RawComparison } from './cell-comparison.ts';
import { verdictOf } from './verdict.ts';

/** Adjusts p over the gated family (Holm, each direction for itself), then judges. Metrics only shown keep their p. */
export function adjusted(raw: readonly RawComparison[], policy: GatePolicy): Comparison[] {
  const family = raw.filter(isOfFamily);
  const worse = byId(family, holm(family.map(({ change }) => change.pWorse)));
  const better = byId(family, holm(family.map(({ change }) => change.pBetter)));
  return raw.map((comparison) => {
    const { id, change } = comparison;
    if (change === null) return judged(comparison, null, policy, 1);
    const [pWorseAdjusted, pBetterAdjusted] = [worse.get(id) ?? change.pWorse, better.get(id) ?? change.pBetter];
    const familyCount = comparison.role === 'gated' ? family.length : 1;
    return judged(comparison, { ...change, pWorseAdjusted, pBetterAdjusted }, policy, familyCount);
  });
}

type OfFamily = RawComparison & { readonly change: Change };

function isOfFamily(comparison: RawComparison): comparison is OfFamily {
  return comparison.role === 'gated' && comparison.change !== null && comparison.change.method !== 'counts';
}

function byId(family: readonly OfFamily[], pValues: readonly number[]): Map<string, number> {
  return new Map(family.map(({ id }, index) => [id, pValues[index] ?? 1]));
}

function judged(raw: RawComparison, change: Change | null, policy: GatePolicy, familyCount: number): Comparison {
  return { ...raw, change, verdict: raw.verdict ?? judgement(raw, change, policy, familyCount) };
}

function judgement(raw: RawComparison, change: Change | null, policy: GatePolicy, familyCount: number): Verdict {
  if (change === null) return { kind: 'too-few', reason: 'no pair of trials that both count', leastCount: 1 };
  const { better, smallestEffectRatio, floorRatio } = raw;
  const alpha = raw.role === 'gated' ? policy.alpha : policy.informativeAlpha;
  return verdictOf(change, { better, smallestEffectRatio, floorRatio: floorRatio ?? 0, alpha, familyCount });
}

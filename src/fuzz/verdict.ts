import type { FuzzGrammar, RequestBytes } from '../model/fuzz.ts';
import { type Outcome, outcomeKey } from './outcome.ts';

export interface TargetOutcome {
  readonly implementation: string;
  readonly outcome: Outcome;
}

export type Verdict =
  | { readonly kind: 'same' }
  /** Some were set aside by these entries of the list; the others agree. */
  | { readonly kind: 'allowed'; readonly ids: readonly string[]; readonly compared: readonly string[] }
  | { readonly kind: 'different'; readonly groups: readonly OutcomeGroup[] }
  /** Every one of these answers is wrong by itself, whatever the others say. */
  | { readonly kind: 'wrong'; readonly reason: string; readonly groups: readonly OutcomeGroup[] };

export interface OutcomeGroup {
  readonly outcome: string;
  readonly implementations: readonly string[];
}

type Rules = Pick<FuzzGrammar, 'allowed' | 'problemPrefix'>;

/** Compares what implementations answered to one request. */
export function compareOutcomes(request: RequestBytes, outcomes: readonly TargetOutcome[], rules: Rules): Verdict {
  const entries = rules.allowed.filter(({ applies }) => applies(request));
  const used = new Set<string>();
  const compared = outcomes.filter(({ outcome }) => {
    const entry = entries.find(({ mayAnswer }) => mayAnswer.some((status) => status === outcome.status));
    if (entry !== undefined) used.add(entry.id);
    return entry === undefined;
  });
  for (const one of compared) {
    const reason = wrongness(one.outcome, rules.problemPrefix);
    if (reason !== null)
      return { kind: 'wrong', reason: `${one.implementation}: ${reason}`, groups: grouped(outcomes) };
  }
  const kinds = new Set(compared.map(({ outcome }) => outcomeKey(outcome)));
  if (kinds.size > 1) return { kind: 'different', groups: grouped(outcomes) };
  // Whoever was set aside may have answered as the others did, or all of them alike.
  const all = new Set(outcomes.map(({ outcome }) => outcomeKey(outcome)));
  if (used.size === 0 || all.size === 1) return { kind: 'same' };
  return { kind: 'allowed', ids: [...used], compared: compared.map(({ implementation }) => implementation) };
}

/** What no answer may be: a fault of the service's, silence, or a refusal that is no problem document. */
function wrongness({ status, mediaType, shape }: Outcome, problemPrefix: string): string | null {
  if (typeof status === 'string') return status === 'none' ? 'the connection was closed' : 'no answer in time';
  if (status >= 500) return `status ${status}`;
  if (status < 400) return null;
  // An answer to HEAD has no body to be one.
  if (mediaType !== 'application/problem+json') return `status ${status} without a problem document`;
  return shape === '' || shape.includes(`"${problemPrefix}`) ? null : `status ${status} with a body that is no problem`;
}

function grouped(outcomes: readonly TargetOutcome[]): OutcomeGroup[] {
  const groups = Map.groupBy(outcomes, ({ outcome }) => outcomeKey(outcome));
  return [...groups].map(([outcome, members]) => ({
    outcome,
    implementations: members.map(({ implementation }) => implementation),
  }));
}

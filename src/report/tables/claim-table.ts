import type { ClaimSource } from '../../model/claim.ts';
import { noValue } from '../format.ts';
import type { AssessedClaim, ClaimVerdict } from '../model.ts';

export interface ClaimColumn {
  readonly head: string;
  text(judged: AssessedClaim): string;
}

/** The claims table in every format: what was said, what was measured, the verdict, and why. */
export function claimColumns(sources: readonly ClaimSource[]): ClaimColumn[] {
  const titles = new Map(sources.map(({ id, title }) => [id, title]));
  return [
    { head: 'Claim', text: ({ claim }) => `“${claim.quotation}” (${titles.get(claim.source) ?? claim.source})` },
    { head: 'Claimed', text: ({ claim }) => claim.claimed },
    { head: 'Measured here', text: ({ measured }) => measured ?? noValue },
    { head: 'Verdict', text: ({ verdict }) => verdict },
    { head: 'How measured, and why', text: ({ claim }) => claimExplanation(claim) },
  ];
}

function claimExplanation({ measuredBy, note }: AssessedClaim['claim']): string {
  return measuredBy === 'not at all' ? `${note}.` : `${upperFirst(measuredBy)}. ${note}.`;
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function verdictCounts(judged: readonly AssessedClaim[]): string {
  const order: readonly ClaimVerdict[] = ['holds', 'holds in part', 'does not hold', 'not measured'];
  return order
    .map((verdict) => ({ verdict, count: judged.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}

import type { AssessedClaim, ReportModel } from '../model.ts';
import { claimColumns, verdictCounts } from '../tables/claim-table.ts';
import { type Child, collapsible, h, plainTable } from './markup.ts';

/** The claims of the source documents about what this run measured. */
export function claimsSection({ claims }: ReportModel): Child {
  const { assessed, unmeasuredCount, sources } = claims;
  if (assessed.length === 0) return null;
  const columns = claimColumns(sources);
  const lines = assessed.map((one): Child[] => columns.map(({ head, text }) => claimCell(head, text(one), one)));
  return h(
    'section',
    { class: 'question claims', id: 'claims' },
    h('h2', {}, 'Claimed, and measured here'),
    h(
      'p',
      { class: 'aside' },
      `The blog post and the paper with which this project began compare Python and Go. Their claims about what this run measured: ${verdictCounts(assessed)}. A number holds within a factor of 1.5; “holds in part”: the direction is right, the size is not. ${unmeasuredText(unmeasuredCount)}`,
    ),
    collapsible(
      `Each of the ${assessed.length} with its verdict`,
      plainTable(
        'Claims of the source documents',
        columns.map(({ head }) => head),
        lines,
      ),
    ),
  );
}

function unmeasuredText(count: number): string {
  if (count === 0) return '';
  return `${count} more claims are about what this run did not measure: npm run bench -- claims.`;
}

function claimCell(head: string, text: string, { verdict }: AssessedClaim): Child {
  if (head !== 'Verdict') return text;
  return h('b', { class: `verdict ${verdict.replaceAll(' ', '-')}` }, text);
}

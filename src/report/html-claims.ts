import { claimColumns } from './claim-table.ts';
import { type JudgedClaim, tally } from './claims.ts';
import { plainTable } from './html-detail.ts';
import { type Child, h } from './markup.ts';
import type { ReportModel } from './model.ts';

/** What the seeds said of what this run measured: before everything else, as it is what a reader came for. */
export function claimsSection({ claims }: ReportModel): Child {
  const { judged, untouchedCount, sources } = claims;
  if (judged.length === 0) return null;
  const columns = claimColumns(sources);
  const lines = judged.map((one): Child[] => columns.map(({ head, text }) => cell(head, text(one), one)));
  return h(
    'section',
    { class: 'cell claims', id: 'claims' },
    h('h2', {}, 'Claimed, and measured here'),
    h(
      'p',
      { class: 'aside' },
      `Two documents say how Python and Go compare; this is what they say of what this run measured: ${tally(judged)}. A number holds within a factor of 1.5; “in part”: the direction is right, the size is not. ${untouchedText(untouchedCount)}`,
    ),
    plainTable(
      'Claims of the seeds',
      columns.map(({ head }) => head),
      lines,
    ),
  );
}

function untouchedText(count: number): string {
  if (count === 0) return '';
  return `${count} more statements are about what this run did not measure: npm run bench -- claims.`;
}

function cell(head: string, text: string, { verdict }: JudgedClaim): Child {
  if (head !== 'Verdict') return text;
  return h('b', { class: `verdict ${verdict.replaceAll(' ', '-')}` }, text);
}

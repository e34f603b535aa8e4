import Table from 'cli-table3';
import type { ClaimSource } from '../model/claim.ts';
import { claimColumns } from './claim-table.ts';
import { type JudgedClaim, tally, type Verdict } from './claims.ts';
import { noBorders } from './no-borders.ts';
import { wrap } from './wrap.ts';

export type PaintVerdict = (verdict: Verdict, text: string) => string;

/** The terminal's claims table: what is claimed, what was measured, the verdict, why one was not; and with `long` the words behind each. */
export function claimsText(judged: readonly JudgedClaim[], paint: PaintVerdict, long: boolean): string {
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(['claimed by the seeds', 'measured here', 'verdict', 'from']);
  for (const { claim, measured, verdict, from } of judged)
    table.push([claimName(claim), measured ?? '–', verdict, from ?? '–']);
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const painted = lines.map((line, index) => paintLine(line, judged[index - 1], paint));
  const words = long ? ['', ...judged.flatMap(reasons)] : gaps(judged);
  return [...painted, '', tally(judged), ...words].join('\n');
}

function claimName({ id, claimed }: JudgedClaim['claim']): string {
  return `${id}: ${claimed}`;
}

function paintLine(line: string, judged: JudgedClaim | undefined, paint: PaintVerdict): string {
  if (judged === undefined) return line;
  const at = line.lastIndexOf(judged.verdict);
  return `${line.slice(0, at)}${paint(judged.verdict, judged.verdict)}${line.slice(at + judged.verdict.length)}`;
}

function gaps(judged: readonly JudgedClaim[]): string[] {
  const missing = judged.filter(({ verdict }) => verdict === 'not measured');
  const lines = missing.map(({ claim }) => `  ${wrap(`${claim.id}: ${whyNotMeasured(claim)}`, 96, '    ')}`);
  return lines.length === 0 ? [] : ['', 'not measured:', ...lines];
}

function whyNotMeasured({ test, why, measuredBy }: JudgedClaim['claim']): string {
  if (test.kind === 'none') return `${why.charAt(0).toLowerCase()}${why.slice(1)}`;
  return `no result looked at has a figure that counts: ${measuredBy}`;
}

function reasons({ claim, verdict }: JudgedClaim): string[] {
  const [, ...rest] = claimColumns([]).map(({ text }) => text);
  const how = rest.at(-1)?.({ claim, verdict, measured: null, from: null }) ?? '';
  return [wrap(`${claim.id}: “${claim.quotation}”`, 100, '    '), `    ${wrap(how, 96, '    ')}`];
}

/** The whole table as Markdown, for docs/claims.md. */
export function claimsMarkdown(judged: readonly JudgedClaim[], sources: readonly ClaimSource[]): string {
  const columns = claimColumns(sources);
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    row(columns.map(({ head }) => head)),
    row(columns.map(() => '---')),
    ...judged.map((one) => row(columns.map(({ text }) => text(one)))),
    '',
    `${tally(judged)}.`,
  ].join('\n');
}

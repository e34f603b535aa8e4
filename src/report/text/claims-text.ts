import Table from 'cli-table3';
import type { AssessedClaim, ClaimVerdict } from '../model.ts';
import { claimColumns, verdictCounts } from '../tables/claim-table.ts';
import { borderless, wrap } from './terminal.ts';

export type VerdictStyle = (verdict: ClaimVerdict, text: string) => string;

/** The terminal's claims table: what is claimed, what was measured, the verdict, why one was not; and with `long` the words behind each. */
export function claimsText(judged: readonly AssessedClaim[], paint: VerdictStyle, long: boolean): string {
  const table = new Table({
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(['claimed by the seeds', 'measured here', 'verdict', 'from']);
  for (const { claim, measured, verdict, source } of judged)
    table.push([claimName(claim), measured ?? '–', verdict, source ?? '–']);
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const painted = lines.map((line, index) => styledLine(line, judged[index - 1], paint));
  const words = long ? ['', ...judged.flatMap(explanationLines)] : notMeasuredLines(judged);
  return [...painted, '', verdictCounts(judged), ...words].join('\n');
}

function claimName({ id, claimed }: AssessedClaim['claim']): string {
  return `${id}: ${claimed}`;
}

function styledLine(line: string, judged: AssessedClaim | undefined, paint: VerdictStyle): string {
  if (judged === undefined) return line;
  const at = line.lastIndexOf(judged.verdict);
  return `${line.slice(0, at)}${paint(judged.verdict, judged.verdict)}${line.slice(at + judged.verdict.length)}`;
}

function notMeasuredLines(judged: readonly AssessedClaim[]): string[] {
  const missing = judged.filter(({ verdict }) => verdict === 'not measured');
  const lines = missing.map(({ claim }) => `  ${wrap(`${claim.id}: ${whyNotMeasured(claim)}`, 96, '    ')}`);
  return lines.length === 0 ? [] : ['', 'not measured:', ...lines];
}

function whyNotMeasured({ test, note, measuredBy }: AssessedClaim['claim']): string {
  if (test.kind === 'none') return `${note.charAt(0).toLowerCase()}${note.slice(1)}`;
  return `no result looked at has a figure that counts: ${measuredBy}`;
}

function explanationLines({ claim, verdict }: AssessedClaim): string[] {
  const [, ...rest] = claimColumns([]).map(({ text }) => text);
  const how = rest.at(-1)?.({ claim, verdict, measured: null, source: null }) ?? '';
  return [wrap(`${claim.id}: “${claim.quotation}”`, 100, '    '), `    ${wrap(how, 96, '    ')}`];
}

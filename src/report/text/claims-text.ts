import { presentable } from '../../model/foreign-text.ts';
import { noValue } from '../format.ts';
import type { AssessedClaim, ClaimVerdict } from '../model.ts';
import { claimColumns, verdictCounts } from '../tables/claim-table.ts';
import { alignedLines, lineWidth, wrap } from './terminal.ts';

export type VerdictStyle = (verdict: ClaimVerdict, text: string) => string;

/** The terminal's claims table: what is claimed, what was measured, the verdict, why one was not; and with `long` the words behind each. */
export function claimsText(claims: readonly AssessedClaim[], paint: VerdictStyle, long: boolean): string {
  const assessed = presentable(claims);
  const heads = ['claim', 'measured here', 'verdict', 'from'];
  const rows = assessed.map(({ claim, measured, verdict, source }) => [
    claimName(claim),
    measured ?? noValue,
    verdict,
    source ?? noValue,
  ]);
  const lines = alignedLines([heads, ...rows], { aligns: ['left', 'left', 'left', 'left'], gap: 'after' });
  const painted = lines.map((line, index) => styledLine(line, assessed[index - 1], paint));
  const words = long ? ['', ...assessed.flatMap(explanationLines)] : notMeasuredLines(assessed);
  return [...painted, '', verdictCounts(assessed), ...words].join('\n');
}

function claimName({ id, claimed }: AssessedClaim['claim']): string {
  return `${id}: ${claimed}`;
}

function styledLine(line: string, assessed: AssessedClaim | undefined, paint: VerdictStyle): string {
  if (assessed === undefined) return line;
  const at = line.lastIndexOf(assessed.verdict);
  return `${line.slice(0, at)}${paint(assessed.verdict, assessed.verdict)}${line.slice(at + assessed.verdict.length)}`;
}

function notMeasuredLines(assessed: readonly AssessedClaim[]): string[] {
  const missing = assessed.filter(({ verdict }) => verdict === 'not measured');
  const lines = missing.map(({ claim }) => `  ${wrap(`${claim.id}: ${whyNotMeasured(claim)}`, lineWidth - 4, '    ')}`);
  return lines.length === 0 ? [] : ['', 'not measured:', ...lines];
}

function whyNotMeasured({ test, note, measuredBy }: AssessedClaim['claim']): string {
  if (test.kind === 'none') return `${note.charAt(0).toLowerCase()}${note.slice(1)}`;
  return `no result looked at has a figure that counts: ${measuredBy}`;
}

function explanationLines({ claim, verdict }: AssessedClaim): string[] {
  const [, ...rest] = claimColumns([]).map(({ text }) => text);
  const how = rest.at(-1)?.({ claim, verdict, measured: null, source: null }) ?? '';
  return [wrap(`${claim.id}: “${claim.quotation}”`, lineWidth, '    '), `    ${wrap(how, lineWidth - 4, '    ')}`];
}

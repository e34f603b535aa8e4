import { machineLabel } from '../compare/words.ts';
import { clusterText } from '../model/cluster-key.ts';
import type { Answer } from './answer.ts';
import { largestText } from './largest-cluster.ts';
import type { Cell, ReportModel, Row } from './model.ts';
import { comparisonLines } from './published.ts';
import { columnsFor, footnotes, reasonText, type ShortColumn } from './short-table.ts';
import { resolutionSentence } from './text.ts';

/** The sentences and the table of few columns as Markdown. */
export function reportMarkdown(model: ReportModel): string {
  const cells = model.groups.flatMap((group) => group.cells);
  const largest = model.groups.flatMap((group) => group.largest.map((one) => `- ${escapeMarkdown(largestText(one))}`));
  const blocks = [
    ...cells.flatMap(cellBlocks),
    largest.length === 0 ? '' : ['### Largest cluster', '', ...largest].join('\n'),
    provenance(model),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function cellBlocks(cell: Cell): string[] {
  const bySource = Map.groupBy(cell.references, (row) => row.source?.label ?? '');
  return [
    headingLine(cell),
    cell.answers.map(answerLine).join('\n'),
    table(cell.rows),
    comparisonLines(cell)
      .map((line) => `- ${escapeMarkdown(line)}`)
      .join('\n'),
    notes(cell.rows),
    ...[...bySource].flatMap(([label, rows]) => [
      `Recorded earlier, not to be compared with the above: ${escapeMarkdown(label)}`,
      table(rows),
    ]),
    cell.resolution === null ? '' : resolutionSentence(cell.resolution),
  ];
}

function headingLine({ workload, ratePerSec, temperature, cluster }: Cell): string {
  const rate = ratePerSec === 0 ? '' : ` at ${ratePerSec}/s${temperature === 'young' ? ', young' : ''}`;
  return `### ${workload}${rate}${cluster === null ? '' : `, ${clusterText(cluster)}`}`;
}

function answerLine({ subject, place, parts }: Answer): string {
  const text = parts.map((part) => (part.strong ? `**${escapeMarkdown(part.text)}**` : escapeMarkdown(part.text)));
  return `- ${subject} ${place}: ${text.join('')}`;
}

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const columns = columnsFor(rows);
  return [
    line(columns.map(({ head }) => head.replace('\n', ' '))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(cellTexts(columns, row).map(escapeMarkdown))),
  ].join('\n');
}

/** A row without figures says why in its note. */
function cellTexts(columns: readonly ShortColumn[], row: Row): string[] {
  const texts = columns.map((column) => column.text(row));
  return row.okCount > 0 ? texts : [...texts.slice(0, -1), reasonText(row)];
}

function notes(rows: readonly Row[]): string {
  return footnotes(rows.filter((row) => row.okCount > 0))
    .map(({ implementations, text, remedy }) => {
      const after = remedy === null ? '' : ` Remedy: ${escapeMarkdown(remedy)}`;
      return `- ${implementations.join(', ')}: ${escapeMarkdown(text)}.${after}`;
    })
    .join('\n');
}

function provenance({ run }: ReportModel): string {
  return `${escapeMarkdown(machineLabel(run.machine))}, ${run.startedAt.slice(0, 10)}. \`${run.command}\``;
}

/** Text that must stay text: no markup, no table cell of its own, one line. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\|*_`<>[\]]/g, (sign) => `\\${sign}`).replaceAll(/\s+/g, ' ');
}

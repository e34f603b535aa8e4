import Table from 'cli-table3';
import type { Answer } from './answer.ts';
import { claimsText } from './claim-text.ts';
import { floorSentence } from './floor.ts';
import { countOf, formatPercent } from './format.ts';
import { largestText } from './largest-cluster.ts';
import type { Cell, ReportModel, Resolution, Row } from './model.ts';
import { noBorders } from './no-borders.ts';
import { type Paints, paintsFor } from './paint.ts';
import { primitiveText } from './primitive-text.ts';
import { comparisonLines } from './published.ts';
import { columnsFor, footnotes, reasonText, type ShortColumn } from './short-table.ts';
import { warningText } from './warnings.ts';
import { wrap } from './wrap.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Where the result and its page lie; null: not written. */
  readonly resultPath: string | null;
  readonly reportPath: string | null;
}

const lineWidth = 100;

/** The terminal's answer: a sentence a question, the table of few columns, what this machine can resolve, the paths. */
export function reportText(model: ReportModel, options: TextOptions): string {
  const paints = paintsFor(options.color);
  const cells = model.groups.flatMap((group) => group.cells);
  const largest = model.groups.flatMap((group) => group.largest.map(largestText));
  const blocks = [
    claimsBlock(model, paints),
    ...cells.map((cell) => cellText(cell, paints)),
    largestBlock(largest, paints),
    ...model.primitives.map((section) => primitiveText(section, paints.bold)),
    floorText(model, paints),
    warningsText(model, paints),
    pathsText(options),
  ];
  return `${present(blocks).join('\n\n')}\n`;
}

function largestBlock(lines: readonly string[], { bold }: Paints): string {
  if (lines.length === 0) return '';
  return [bold('Largest cluster'), ...lines.map((line) => wrap(line, lineWidth, '    '))].join('\n');
}

function present(blocks: readonly string[]): string[] {
  return blocks.filter((block) => block !== '');
}

function cellText(cell: Cell, paints: Paints): string {
  const blocks = [
    cell.answers.map((answer) => answerText(answer, paints)).join('\n'),
    tableText(cell.rows, paints),
    comparisonLines(cell).join('\n'),
    notesText(cell.rows, paints),
    ...referenceTexts(cell, paints),
    resolutionText(cell.resolution, paints),
  ];
  return present(blocks).join('\n\n');
}

/** The painting follows the wrapping, because colour codes take no room on the line. */
function answerText({ subject, place, parts }: Answer, { bold }: Paints): string {
  const text = wrap(`${subject} ${place}: ${parts.map((part) => part.text).join('')}`, lineWidth, '    ');
  const names = parts.filter(({ strong }) => strong).map((part) => part.text);
  return names.reduce((painted, name) => painted.replace(name, bold), text);
}

/** A row without figures says why in their place. */
function tableText(rows: readonly Row[], { bold }: Paints): string {
  const columns = columnsFor(rows);
  const widths = columnWidths(columns, rows);
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    colAligns: columns.map(({ align }) => align),
    colWidths: widths.map((width) => width + gap),
  });
  table.push(columns.map(({ head }) => head.split('\n').map(bold).join('\n')));
  table.push(...rows.map((row) => (row.okCount > 0 ? figureCells(columns, row, widths) : reasonCells(row, widths))));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

const gap = 2;

/** Each column as wide as its widest line; the last one takes what is left. */
function columnWidths(columns: readonly ShortColumn[], rows: readonly Row[]): number[] {
  const widths = columns.slice(0, -1).map(({ head, text }) => {
    const figures = rows.filter((row) => row.okCount > 0 || head === 'who').map(text);
    return Math.max(...[...head.split('\n'), ...figures].map((line) => line.length));
  });
  const room = lineWidth - widths.reduce((sum, width) => sum + width + gap, 0);
  return [...widths, Math.max(12, room)];
}

function figureCells(columns: readonly ShortColumn[], row: Row, widths: readonly number[]): string[] {
  return columns.map(({ text }, index) => {
    const isLast = index === columns.length - 1;
    return isLast ? wrap(text(row), widths[index] ?? lineWidth, '') : text(row);
  });
}

function reasonCells(row: Row, [first = 0, ...others]: readonly number[]) {
  const room = others.reduce((sum, width) => sum + width + gap, 0) - gap;
  const content = wrap(reasonText(row), Math.min(room, lineWidth - first - gap), '');
  return [row.who.implementation, { content, colSpan: others.length, hAlign: 'left' as const }];
}

function notesText(rows: readonly Row[], { warn }: Paints): string {
  const lines = footnotes(rows.filter((row) => row.okCount > 0)).map(({ implementations, text, remedy }) =>
    wrap(`${implementations.join(', ')}: ${text}${remedy === null ? '' : `. Remedy: ${remedy}`}`, lineWidth, '    '),
  );
  return lines.map(warn).join('\n');
}

/** Recorded rows, each machine under its own name. */
function referenceTexts({ references }: Cell, paints: Paints): string[] {
  const bySource = Map.groupBy(references, (row) => row.source?.label ?? '');
  return [...bySource].map(([label, rows]) =>
    [paints.bold(recordedHeading(label)), tableText(rows, paints)].join('\n'),
  );
}

function recordedHeading(label: string): string {
  return wrap(`Recorded earlier, not to be compared with the above: ${label}`, lineWidth, '    ');
}

function resolutionText(resolution: Resolution | null, { dim }: Paints): string {
  if (resolution === null) return '';
  return dim(wrap(resolutionSentence(resolution), lineWidth, '    '));
}

/** What the reader may believe of small differences. */
export function resolutionSentence({ cvRatio, smallestDifferenceRatio, ...of }: Resolution): string {
  const [least, greatest] = of.trialCounts;
  const trials = least === greatest ? `${least}` : `${least} to ${greatest}`;
  const sample = `${countOf(of.implementationCount, 'implementation')} of ${trials} trials`;
  return `From trial to trial CPU per request varies by ${formatPercent(cvRatio)} here (coefficient of variation, ${sample}): differences below ${formatPercent(smallestDifferenceRatio)} will often not show in this run.`;
}

function claimsBlock({ claims }: ReportModel, { bold, warn }: Paints): string {
  if (claims.judged.length === 0) return '';
  const paint = (verdict: string, text: string) => (verdict === 'holds' ? bold(text) : warn(text));
  return claimsText(claims.judged, paint, false);
}

function floorText({ floor }: ReportModel, { dim }: Paints): string {
  return (floor?.rows ?? []).map((row) => dim(wrap(floorSentence(row), lineWidth, '    '))).join('\n');
}

function warningsText(model: ReportModel, { warn }: Paints): string {
  const lines = model.warnings.map((warning) => {
    const whose = warning.about.length > 0 ? `${warning.about.join(', ')}: ` : '';
    return wrap(`Warning: ${whose}${warningText(warning)}`, lineWidth, '    ');
  });
  return lines.map(warn).join('\n');
}

function pathsText({ resultPath, reportPath }: TextOptions): string {
  const result = resultPath === null ? '' : `Result  ${resultPath}`;
  const report = reportPath === null ? '' : `Report  ${reportPath}`;
  return present([result, report]).join('\n');
}

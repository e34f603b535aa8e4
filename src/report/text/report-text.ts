import type { Answer, PrimitiveRow, PrimitiveSection, Question, ReportModel, Resolution, Row } from '../model.ts';
import { baselineSentence, largestClusterText, publishedLines, resolutionSentence, warningText } from '../sentences.ts';
import { failureLines, primitiveColumns } from '../tables/primitive-table.ts';
import { columnsFor, footnotes, rowReason, type SummaryColumn } from '../tables/summary-table.ts';
import { claimsText } from './claims-text.ts';
import {
  alignedLines,
  columnGap,
  lineWidth,
  paragraph,
  type TerminalStyles,
  terminalStyles,
  wrap,
} from './terminal.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Where the result and its page lie; null: not written. */
  readonly resultPath: string | null;
  readonly reportPath: string | null;
}

/** The terminal's answer: a sentence a question, the table of few columns, what this machine can resolve, the paths. */
export function reportText(model: ReportModel, options: TextOptions): string {
  const styles = terminalStyles(options.color);
  const questions = model.groups.flatMap((group) => group.questions);
  const largest = model.groups.flatMap((group) => group.largest.map(largestClusterText));
  const blocks = [
    claimsBlock(model, styles),
    ...questions.map((question) => questionText(question, styles)),
    largestClusterBlock(largest, styles),
    ...model.primitives.map((section) => primitiveText(section, styles)),
    baselineBlock(model, styles),
    warningsBlock(model, styles),
    pathsBlock(options),
  ];
  return `${nonEmpty(blocks).join('\n\n')}\n`;
}

function largestClusterBlock(lines: readonly string[], { bold }: TerminalStyles): string {
  if (lines.length === 0) return '';
  return [bold('Largest cluster'), ...lines.map((line) => paragraph(line))].join('\n');
}

function nonEmpty(blocks: readonly string[]): string[] {
  return blocks.filter((block) => block !== '');
}

function questionText(question: Question, styles: TerminalStyles): string {
  const blocks = [
    question.answers.map((answer) => answerText(answer, styles)).join('\n'),
    summaryTable(question.rows, styles),
    publishedLines(question).join('\n'),
    notesBlock(question.rows, styles),
    ...referenceTexts(question, styles),
    resolutionBlock(question.resolution, styles),
  ];
  return nonEmpty(blocks).join('\n\n');
}

/** The painting follows the wrapping, because colour codes take no room on the line. */
function answerText({ subject, conditions, parts }: Answer, { bold }: TerminalStyles): string {
  const text = paragraph(`${subject} ${conditions}: ${parts.map((part) => part.text).join('')}`);
  const names = parts.filter(({ strong }) => strong).map((part) => part.text);
  return names.reduce((painted, name) => painted.replace(name, bold), text);
}

/** A row without figures says why in their place. */
function summaryTable(rows: readonly Row[], { bold }: TerminalStyles): string {
  const columns = columnsFor(rows);
  const widths = columnWidths(columns, rows);
  const heads = columns.map(({ head }) => head.split('\n').map(bold).join('\n'));
  const body = rows.map((row) => (row.okCount > 0 ? figureTexts(columns, row, widths) : reasonTexts(row, widths)));
  return alignedLines([heads, ...body], { aligns: columns.map(({ align }) => align), gap: 'after', widths }).join('\n');
}

/** Each column as wide as its widest line; the last one takes what is left. */
function columnWidths(columns: readonly SummaryColumn[], rows: readonly Row[]): number[] {
  const widths = columns.slice(0, -1).map(({ head, text }) => {
    const figures = rows.filter((row) => row.okCount > 0 || head === 'who').map(text);
    return Math.max(...[...head.split('\n'), ...figures].map((line) => line.length));
  });
  const room = lineWidth - widths.reduce((sum, width) => sum + width + columnGap, 0);
  return [...widths, Math.max(12, room)];
}

function figureTexts(columns: readonly SummaryColumn[], row: Row, widths: readonly number[]): string[] {
  return columns.map(({ text }, index) => {
    const isLast = index === columns.length - 1;
    return isLast ? wrap(text(row), widths[index] ?? lineWidth, '') : text(row);
  });
}

function reasonTexts(row: Row, [first = 0, ...others]: readonly number[]) {
  const room = others.reduce((sum, width) => sum + width + columnGap, 0) - columnGap;
  const content = wrap(rowReason(row), Math.min(room, lineWidth - first - columnGap), '');
  return [row.implementation.id, { content, colSpan: others.length, hAlign: 'left' as const }];
}

function notesBlock(rows: readonly Row[], { warn }: TerminalStyles): string {
  const lines = footnotes(rows.filter((row) => row.okCount > 0)).map(({ implementations, text, remedy }) =>
    paragraph(`${implementations.join(', ')}: ${text}${remedy === null ? '' : `. Remedy: ${remedy}`}`),
  );
  return lines.map(warn).join('\n');
}

/** Recorded rows, each machine under its own name. */
function referenceTexts({ references }: Question, styles: TerminalStyles): string[] {
  const bySource = Map.groupBy(references, (row) => row.source?.label ?? '');
  return [...bySource].map(([label, rows]) =>
    [styles.bold(recordedHeading(label)), summaryTable(rows, styles)].join('\n'),
  );
}

function recordedHeading(label: string): string {
  return paragraph(`Recorded earlier, not to be compared with the above: ${label}`);
}

function resolutionBlock(resolution: Resolution | null, { dim }: TerminalStyles): string {
  if (resolution === null) return '';
  return dim(paragraph(resolutionSentence(resolution)));
}

function claimsBlock({ claims }: ReportModel, { bold, warn }: TerminalStyles): string {
  if (claims.assessed.length === 0) return '';
  const paint = (verdict: string, text: string) => (verdict === 'holds' ? bold(text) : warn(text));
  return claimsText(claims.assessed, paint, false);
}

function baselineBlock({ baseline }: ReportModel, { dim }: TerminalStyles): string {
  return (baseline?.rows ?? []).map((row) => dim(paragraph(baselineSentence(row)))).join('\n');
}

function warningsBlock(model: ReportModel, { warn }: TerminalStyles): string {
  const lines = model.warnings.map((warning) => {
    const whose = warning.implementations.length > 0 ? `${warning.implementations.join(', ')}: ` : '';
    return paragraph(`Warning: ${whose}${warningText(warning)}`);
  });
  return lines.map(warn).join('\n');
}

function pathsBlock({ resultPath, reportPath }: TextOptions): string {
  const result = resultPath === null ? '' : `Result  ${resultPath}`;
  const report = reportPath === null ? '' : `Report  ${reportPath}`;
  return nonEmpty([result, report]).join('\n');
}

/** A primitive in the terminal: its table, and what must be known beside it. */
function primitiveText(section: PrimitiveSection, { bold }: TerminalStyles): string {
  const rows = measuredRows(section.rows);
  const columns = primitiveColumns(section.facts);
  const table = [
    ['', ...columns.map(({ head }) => head)],
    ...rows.map((row) => [row.label, ...columns.map(({ text }) => text(row))]),
  ];
  const aligns = ['left' as const, ...columns.map(({ align }) => align)];
  const lines = rows.length === 0 ? [] : alignedLines(table, { aligns, gap: 'after' });
  return [bold(section.facts.title), ...lines, ...failureLines(section).map(paragraph)].join('\n');
}

/** What was never tried says nothing that its note does not say. */
function measuredRows(rows: readonly PrimitiveRow[]): PrimitiveRow[] {
  return rows.filter(({ okCount }) => okCount > 0);
}

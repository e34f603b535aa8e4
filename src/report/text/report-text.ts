import Table from 'cli-table3';
import type { Answer, PrimitiveRow, PrimitiveSection, Question, ReportModel, Resolution, Row } from '../model.ts';
import { baselineSentence, largestClusterText, publishedLines, resolutionSentence, warningText } from '../sentences.ts';
import { failureLines, primitiveColumns } from '../tables/primitive-table.ts';
import { columnsFor, footnotes, rowReason, type SummaryColumn } from '../tables/summary-table.ts';
import { claimsText } from './claims-text.ts';
import { borderless, type TerminalStyles, terminalStyles, wrap } from './terminal.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Where the result and its page lie; null: not written. */
  readonly resultPath: string | null;
  readonly reportPath: string | null;
}

const lineWidth = 100;

/** The terminal's answer: a sentence a question, the table of few columns, what this machine can resolve, the paths. */
export function reportText(model: ReportModel, options: TextOptions): string {
  const paints = terminalStyles(options.color);
  const questions = model.groups.flatMap((group) => group.questions);
  const largest = model.groups.flatMap((group) => group.largest.map(largestClusterText));
  const blocks = [
    claimsBlock(model, paints),
    ...questions.map((question) => questionText(question, paints)),
    largestClusterBlock(largest, paints),
    ...model.primitives.map((section) => primitiveText(section, paints.bold)),
    baselineBlock(model, paints),
    warningsBlock(model, paints),
    pathsBlock(options),
  ];
  return `${nonEmpty(blocks).join('\n\n')}\n`;
}

function largestClusterBlock(lines: readonly string[], { bold }: TerminalStyles): string {
  if (lines.length === 0) return '';
  return [bold('Largest cluster'), ...lines.map((line) => wrap(line, lineWidth, '    '))].join('\n');
}

function nonEmpty(blocks: readonly string[]): string[] {
  return blocks.filter((block) => block !== '');
}

function questionText(question: Question, paints: TerminalStyles): string {
  const blocks = [
    question.answers.map((answer) => answerText(answer, paints)).join('\n'),
    summaryTable(question.rows, paints),
    publishedLines(question).join('\n'),
    notesBlock(question.rows, paints),
    ...referenceTexts(question, paints),
    resolutionBlock(question.resolution, paints),
  ];
  return nonEmpty(blocks).join('\n\n');
}

/** The painting follows the wrapping, because colour codes take no room on the line. */
function answerText({ subject, conditions, parts }: Answer, { bold }: TerminalStyles): string {
  const text = wrap(`${subject} ${conditions}: ${parts.map((part) => part.text).join('')}`, lineWidth, '    ');
  const names = parts.filter(({ strong }) => strong).map((part) => part.text);
  return names.reduce((painted, name) => painted.replace(name, bold), text);
}

/** A row without figures says why in their place. */
function summaryTable(rows: readonly Row[], { bold }: TerminalStyles): string {
  const columns = columnsFor(rows);
  const widths = columnWidths(columns, rows);
  const table = new Table({
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': columnGap },
    colAligns: columns.map(({ align }) => align),
    colWidths: widths.map((width) => width + columnGap),
  });
  table.push(columns.map(({ head }) => head.split('\n').map(bold).join('\n')));
  table.push(...rows.map((row) => (row.okCount > 0 ? figureCells(columns, row, widths) : reasonCells(row, widths))));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

const columnGap = 2;

/** Each column as wide as its widest line; the last one takes what is left. */
function columnWidths(columns: readonly SummaryColumn[], rows: readonly Row[]): number[] {
  const widths = columns.slice(0, -1).map(({ head, text }) => {
    const figures = rows.filter((row) => row.okCount > 0 || head === 'who').map(text);
    return Math.max(...[...head.split('\n'), ...figures].map((line) => line.length));
  });
  const room = lineWidth - widths.reduce((sum, width) => sum + width + columnGap, 0);
  return [...widths, Math.max(12, room)];
}

function figureCells(columns: readonly SummaryColumn[], row: Row, widths: readonly number[]): string[] {
  return columns.map(({ text }, index) => {
    const isLast = index === columns.length - 1;
    return isLast ? wrap(text(row), widths[index] ?? lineWidth, '') : text(row);
  });
}

function reasonCells(row: Row, [first = 0, ...others]: readonly number[]) {
  const room = others.reduce((sum, width) => sum + width + columnGap, 0) - columnGap;
  const content = wrap(rowReason(row), Math.min(room, lineWidth - first - columnGap), '');
  return [row.implementation.id, { content, colSpan: others.length, hAlign: 'left' as const }];
}

function notesBlock(rows: readonly Row[], { warn }: TerminalStyles): string {
  const lines = footnotes(rows.filter((row) => row.okCount > 0)).map(({ implementations, text, remedy }) =>
    wrap(`${implementations.join(', ')}: ${text}${remedy === null ? '' : `. Remedy: ${remedy}`}`, lineWidth, '    '),
  );
  return lines.map(warn).join('\n');
}

/** Recorded rows, each machine under its own name. */
function referenceTexts({ references }: Question, paints: TerminalStyles): string[] {
  const bySource = Map.groupBy(references, (row) => row.source?.label ?? '');
  return [...bySource].map(([label, rows]) =>
    [paints.bold(recordedHeading(label)), summaryTable(rows, paints)].join('\n'),
  );
}

function recordedHeading(label: string): string {
  return wrap(`Recorded earlier, not to be compared with the above: ${label}`, lineWidth, '    ');
}

function resolutionBlock(resolution: Resolution | null, { dim }: TerminalStyles): string {
  if (resolution === null) return '';
  return dim(wrap(resolutionSentence(resolution), lineWidth, '    '));
}

function claimsBlock({ claims }: ReportModel, { bold, warn }: TerminalStyles): string {
  if (claims.assessed.length === 0) return '';
  const paint = (verdict: string, text: string) => (verdict === 'holds' ? bold(text) : warn(text));
  return claimsText(claims.assessed, paint, false);
}

function baselineBlock({ baseline }: ReportModel, { dim }: TerminalStyles): string {
  return (baseline?.rows ?? []).map((row) => dim(wrap(baselineSentence(row), lineWidth, '    '))).join('\n');
}

function warningsBlock(model: ReportModel, { warn }: TerminalStyles): string {
  const lines = model.warnings.map((warning) => {
    const whose = warning.implementations.length > 0 ? `${warning.implementations.join(', ')}: ` : '';
    return wrap(`Warning: ${whose}${warningText(warning)}`, lineWidth, '    ');
  });
  return lines.map(warn).join('\n');
}

function pathsBlock({ resultPath, reportPath }: TextOptions): string {
  const result = resultPath === null ? '' : `Result  ${resultPath}`;
  const report = reportPath === null ? '' : `Report  ${reportPath}`;
  return nonEmpty([result, report]).join('\n');
}

const primitiveLineWidth = 100;

/** A primitive in the terminal: its table, and what must be known beside it. */
export function primitiveText(section: PrimitiveSection, bold: (text: string) => string): string {
  const rows = measuredRows(section.rows);
  const columns = primitiveColumns(section.facts);
  const table = new Table({
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: ['left', ...columns.map(({ align }) => align)],
  });
  table.push(['', ...columns.map(({ head }) => head)]);
  table.push(...rows.map((row) => [row.label, ...columns.map(({ text }) => text(row))]));
  const lines = rows.length === 0 ? [] : trimmedLines(table.toString());
  const notes = failureLines(section).map((line) => wrap(line, primitiveLineWidth, '    '));
  return [bold(section.facts.title), ...lines, ...notes].join('\n');
}

function trimmedLines(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}

/** What was never tried says nothing that its note does not say. */
function measuredRows(rows: readonly PrimitiveRow[]): PrimitiveRow[] {
  return rows.filter(({ okCount }) => okCount > 0);
}

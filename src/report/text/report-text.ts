import { presentable, visibleText } from '../../model/foreign-text.ts';
import type { Answer, PrimitiveRow, PrimitiveSection, Question, ReportModel, Resolution, Row } from '../model.ts';
import {
  baselineSentence,
  largestClusterText,
  preparationLines,
  publishedLines,
  resolutionSentence,
  warningSubject,
  warningText,
} from '../sentences.ts';
import { failureLines, primitiveColumns } from '../tables/primitive-table.ts';
import { footnotes } from '../tables/summary-table.ts';
import { claimsText } from './claims-text.ts';
import { costsText } from './costs-text.ts';
import { profileText } from './profiles-text.ts';
import { rowTable } from './row-table.ts';
import { alignedLines, paragraph, type TerminalStyles, terminalStyles } from './terminal.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Where the result and its page lie; null: not written. */
  readonly resultPath: string | null;
  readonly reportPath: string | null;
}

/** Everything the terminal can say of a run: claims, answers, tables, notes, references, primitives, warnings. */
export function reportText(report: ReportModel, options: TextOptions): string {
  const model = presentable(report);
  const styles = terminalStyles(options.color);
  const questions = model.groups.flatMap((group) => group.questions);
  const largest = model.groups.flatMap((group) => group.largest.map(largestClusterText));
  const blocks = [
    claimsBlock(model, styles),
    ...questions.map((question) => questionText(question, styles)),
    largestClusterBlock(largest, styles),
    ...model.primitives.map((section) => primitiveText(section, styles)),
    model.costs === null ? '' : costsText(model.costs, styles),
    ...model.profiles.map((profile) => profileText(profile, styles)),
    preparationBlock(model, styles),
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
    wholeTable(question.rows, styles),
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

function wholeTable(rows: readonly Row[], styles: TerminalStyles): string {
  return rowTable(rows, { isBrief: false }, styles).join('\n');
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
    [styles.bold(recordedHeading(label)), wholeTable(rows, styles)].join('\n'),
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

function preparationBlock({ run }: ReportModel, { dim }: TerminalStyles): string {
  return preparationLines(run)
    .map((line) => dim(paragraph(line)))
    .join('\n');
}

function warningsBlock(model: ReportModel, { warn }: TerminalStyles): string {
  const lines = model.warnings.map((warning) => {
    const subject = warningSubject(warning);
    return paragraph(`Warning: ${subject === null ? '' : `${subject}: `}${warningText(warning)}`);
  });
  return lines.map(warn).join('\n');
}

/** Where the result and its page lie. */
export function pathsBlock({ resultPath, reportPath }: TextOptions): string {
  const result = resultPath === null ? '' : `Result  ${visibleText(resultPath)}`;
  const report = reportPath === null ? '' : `Report  ${visibleText(reportPath)}`;
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

import { markdownText, presentable } from '../../model/foreign-text.ts';
import { toSentence } from '../format.ts';
import type { OverlaidCell, OverlaidMetric, OverlaidRun, RunsReport } from '../runs-model.ts';
import { alignedLines, paragraph, terminalStyles } from './terminal.ts';

export interface RunsTextOptions {
  readonly color: boolean;
  /** Every metric, not only those that a reader comes for. */
  readonly details: boolean;
}

/** Several runs for the terminal: which they are, where they differ, a sentence a cell, a table a cell. */
export function runsText(all: RunsReport, { color, details }: RunsTextOptions): string {
  const report = presentable(all);
  const { bold, warn } = terminalStyles(color);
  const blocks = [
    bold(report.title),
    report.runs.map(runLine).join('\n'),
    ...differenceLines(report).map(paragraph),
    ...report.limits.map((text) => warn(paragraph(text))),
    ...report.cells.map(({ sentence }) => paragraph(sentence.map(({ text }) => text).join(''))),
    ...report.cells
      .filter(hasLines)
      .map((cell) => `${bold(cell.title)}\n${tableText(linesOf(cell, details), report.runs)}`),
    ...warningLines(report).map((text) => warn(paragraph(text))),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The same as Markdown. */
export function runsMarkdown(all: RunsReport): string {
  const report = presentable(all);
  const blocks = [
    `### ${markdownText(report.title)}`,
    report.runs.map((run) => `- ${markdownText(runLine(run))}`).join('\n'),
    differenceLines(report)
      .map((line) => `- ${markdownText(line)}`)
      .join('\n'),
    report.limits.map((text) => `> ${markdownText(text)}`).join('\n>\n'),
    report.cells.map(sentenceMarkdown).join('\n'),
    ...report.cells
      .filter(hasLines)
      .map((cell) => `#### ${markdownText(cell.title)}\n\n${tableMarkdown(linesOf(cell, false), report.runs)}`),
    warningLines(report)
      .map((line) => `- ${markdownText(line)}`)
      .join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function hasLines({ lines }: OverlaidCell): boolean {
  return lines.length > 0;
}

function linesOf({ lines, otherLines }: OverlaidCell, details: boolean): readonly OverlaidMetric[] {
  return details ? [...lines, ...otherLines] : lines;
}

function runLine({ name, label, machineLabel, okCount, trialCount, state }: OverlaidRun): string {
  const trials = `${okCount} of ${trialCount} trials count${state === 'complete' ? '' : `, ${state}`}`;
  return `${name}  ${label}, ${machineLabel}, ${trials}`;
}

function differenceLines({ differences, runs }: RunsReport): string[] {
  return differences.map(
    ({ field, values }) =>
      `${field} differs: ${values.map((value, index) => `${runs[index]?.name} ${value}`).join(', ')}`,
  );
}

function warningLines({ comparisons }: RunsReport): string[] {
  const texts = comparisons.flatMap(({ warnings }) =>
    warnings.map(({ message, advice }) => `${toSentence(message)}${advice === null ? '' : ` ${toSentence(advice)}`}`),
  );
  return [...new Set(texts)];
}

function sentenceMarkdown({ sentence }: OverlaidCell): string {
  const parts = sentence.map(({ text, strong }) => (strong ? `**${markdownText(text)}**` : markdownText(text)));
  return `- ${parts.join('')}`;
}

function heads(runs: readonly OverlaidRun[]): string[] {
  const [first, ...others] = runs;
  return ['', ...runs.map(({ name }) => name), ...others.map(({ name }) => `${name} against ${first?.name}`)];
}

function rowTexts({ label, texts, changes }: OverlaidMetric): string[] {
  return [label, ...texts, ...changes];
}

function tableText(lines: readonly OverlaidMetric[], runs: readonly OverlaidRun[]): string {
  const rows = [heads(runs), ...lines.map(rowTexts)];
  const aligns = heads(runs).map((_, index) => (index === 0 ? ('left' as const) : ('right' as const)));
  return alignedLines(rows, { aligns, gap: 'before' }).join('\n');
}

function tableMarkdown(lines: readonly OverlaidMetric[], runs: readonly OverlaidRun[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const aligns = heads(runs).map((_, index) => (index === 0 ? '---' : '---:'));
  return [row(heads(runs)), row(aligns), ...lines.map((line) => row(rowTexts(line).map(markdownText)))].join('\n');
}

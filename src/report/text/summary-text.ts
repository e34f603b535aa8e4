import { countOf } from '../../compare/text.ts';
import { presentable } from '../../model/foreign-text.ts';
import { formatBytes, formatNs, toSentence } from '../format.ts';
import type { CollectedWarning, Group, PrimitiveRow, PrimitiveSection, Question, ReportModel } from '../model.ts';
import { answersBrief, largestClusterText, questionTitle, trustText } from '../sentences.ts';
import { causesOf, implementationsText } from '../tables/causes.ts';
import { pathsBlock, type TextOptions } from './report-text.ts';
import { rowTable } from './row-table.ts';
import { clip, lineWidth, paragraph, type TerminalStyles, terminalStyles } from './terminal.ts';

/** A terminal's height: what a run ends with must be readable without scrolling back. */
export const maxSummaryLines = 40;

/** One part of the summary, in the order of the run; `brief` stands in for `full` where there is no room. */
interface Section {
  readonly full: readonly string[];
  readonly brief: readonly string[];
}

/** What a run ends with: the answer and a table a question, how far to trust them, and where everything else is. */
export function summaryText(report: ReportModel, options: TextOptions): string {
  const model = presentable(report);
  const styles = terminalStyles(options.color);
  const tail = [...causeLines(model, styles), ...trustLines(model), ...pathsBlock(options).split('\n')];
  const sections = [
    ...model.groups.flatMap((group) => groupSections(group, styles)),
    ...(model.primitives.length === 0 ? [] : [primitivesSection(model.primitives, styles)]),
  ];
  return `${[...fitted(sections, maxSummaryLines - tail.length), ...tail].join('\n').trimEnd()}\n`;
}

/** The sections in full as far as there is room: the last ones are shortened first, then left out and counted. */
function fitted(sections: readonly Section[], room: number): string[] {
  let lineCount = sections.reduce((sum, { full }) => sum + full.length + 1, 0);
  for (let briefCount = 0; briefCount <= sections.length; briefCount += 1) {
    if (lineCount + Math.min(1, briefCount) <= room) return withLastBrief(sections, briefCount);
    const next = sections.at(-1 - briefCount);
    lineCount += (next?.brief.length ?? 0) - (next?.full.length ?? 0) - 1;
  }
  return cut(
    sections.map(({ brief }) => brief),
    room - 2,
  );
}

function withLastBrief(sections: readonly Section[], briefCount: number): string[] {
  const lines = sections.flatMap(({ full, brief }, index) =>
    index < sections.length - briefCount ? [...full, ''] : brief,
  );
  return briefCount === 0 ? lines : [...lines, ''];
}

function cut(briefs: readonly (readonly string[])[], room: number): string[] {
  const kept: string[] = [];
  for (const [index, brief] of briefs.entries()) {
    if (kept.length + brief.length > room) return [...kept, `${briefs.length - index} more: --details`, ''];
    kept.push(...brief);
  }
  return [...kept, ''];
}

/** Of a search for the largest cluster only its result; its single sizes are details. */
function groupSections({ questions, largest, workload }: Group, styles: TerminalStyles): Section[] {
  if (largest.length === 0) return questions.map((question) => questionSection(question, styles));
  const lines = largest.map((one) => clip(`  ${largestClusterText(one)}`, lineWidth));
  const title = `${styles.bold(workload)}: largest cluster`;
  return [{ full: [title, ...lines], brief: [`${title} of ${countOf(largest.length, 'implementation')}: --details`] }];
}

function questionSection(question: Question, styles: TerminalStyles): Section {
  const title = questionTitle(question);
  const answers = answersBrief(question.answers);
  const text = answers === '' ? `${title}: no trial` : `${title}: ${answers}`;
  const bold = (line: string) => line.replace(title, styles.bold);
  return {
    full: [...paragraph(text).split('\n').map(bold), ...rowTable(question.rows, { isBrief: true }, styles)],
    brief: [bold(clip(text, lineWidth))],
  };
}

function primitivesSection(sections: readonly PrimitiveSection[], { bold }: TerminalStyles): Section {
  const caseCount = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const title = bold('Primitives');
  return {
    full: [title, ...sections.map((section) => clip(`  ${primitiveText(section)}`, lineWidth))],
    brief: [`${title}: ${countOf(sections.length, 'primitive')}, ${countOf(caseCount, 'case')}: --details`],
  };
}

/** The two ends of a primitive: "Spawn and join: node promise 38.5 ns … python process 45.6 ms (8 cases)". */
function primitiveText({ facts, rows }: PrimitiveSection): string {
  const known = rows.filter(({ okCount }) => okCount > 0);
  const costs = known.flatMap((row) => ({ row, cost: (row.wallNs ?? row.privateBytes)?.median ?? 0 }));
  const [first, ...others] = costs.sort((a, b) => a.cost - b.cost).map(({ row }) => row);
  const last = others.at(-1);
  if (first === undefined) return `${facts.title}: no figure`;
  const ends = last === undefined ? caseText(first) : `${caseText(first)} … ${caseText(last)}`;
  return `${facts.title}: ${ends} (${countOf(rows.length, 'case')})`;
}

function caseText({ label, size, wallNs, privateBytes }: PrimitiveRow): string {
  const cost = wallNs === null ? formatBytes(privateBytes?.median ?? 0) : formatNs(wallNs.median);
  return `${label}${size === null ? '' : ` × ${size.toLocaleString('en-US')}`} ${cost}`;
}

const maxCauseCount = 5;

/** What qualifies the figures, each cause on a line: how often, of which implementations, and what to do. */
function causeLines(model: ReportModel, { warn }: TerminalStyles): string[] {
  const all = [...causesOf(model), ...model.warnings.map((warning) => warningCause(warning, model))];
  const hidden = all.length - maxCauseCount;
  const shown = hidden > 1 ? all.slice(0, maxCauseCount) : all;
  const lines = shown.flatMap((text) => paragraph(`! ${text}`).split('\n').map(warn));
  return [...lines, ...(hidden > 1 ? [warn(`! ${hidden} more causes: --details`)] : [])];
}

/** The message up to what it means for the figures, which is a detail, and the advice whole. */
function warningCause({ message, advice, implementations, trialCount }: CollectedWarning, model: ReportModel): string {
  const trials =
    trialCount === 0 ? '' : `${countOf(trialCount, 'trial')} (${implementationsText(implementations, model)}): `;
  const remedy = advice === null ? '' : ` ${toSentence(advice)}`;
  const [fact = ''] = message.split(/(?<=[a-z]): /);
  return `${trials}${toSentence(clip(fact, maxCauseLength - trials.length - remedy.length).replace(/\.$/, ''))}${remedy}`;
}

const maxCauseLength = 190;

function trustLines(model: ReportModel): string[] {
  const text = trustText(model.trust);
  return text === '' ? [] : paragraph(`Trust: ${text}`).split('\n');
}

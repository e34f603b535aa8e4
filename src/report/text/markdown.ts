import { countOf, machineLabel } from '../../compare/text.ts';
import type { ClaimSource } from '../../model/claim.ts';
import type { RunComparison } from '../../model/comparison.ts';
import { htmlText, markdownCode, markdownFence, markdownText, presentable } from '../../model/foreign-text.ts';
import { toSentence } from '../format.ts';
import type { Answer, AssessedClaim, Question, QuestionCosts, ReportCosts, ReportModel, Row } from '../model.ts';
import {
  largestClusterText,
  preparationLines,
  publishedLines,
  questionTitle,
  resolutionSentence,
  warningSubject,
  warningText,
} from '../sentences.ts';
import { claimColumns, verdictCounts } from '../tables/claim-table.ts';
import {
  type ComparisonRow,
  type ComparisonTable,
  comparisonTables,
  logSummary,
  methodText,
  sideLabel,
  tableRemarks,
  withLog,
} from '../tables/comparison-table.ts';
import { costColumns, costFormulas, costLimits, costTitle, oneLine, pricesSentence } from '../tables/cost-table.ts';
import { columnsFor, footnotes, rowReason, type SummaryColumn } from '../tables/summary-table.ts';
import { differenceMarkdown, profileMarkdown } from './profiles-markdown.ts';

/** The sentences and the table of few columns as Markdown. */
export function reportMarkdown(report: ReportModel): string {
  const model = presentable(report);
  const questions = model.groups.flatMap((group) => group.questions);
  const largest = model.groups.flatMap((group) =>
    group.largest.map((one) => `- ${markdownText(largestClusterText(one))}`),
  );
  const blocks = [
    ...questions.flatMap(questionBlocks),
    largest.length === 0 ? '' : ['### Largest cluster', '', ...largest].join('\n'),
    model.costs === null ? '' : costsMarkdown(model.costs),
    ...model.profiles.map(profileMarkdown),
    preparationLines(model.run)
      .map((line) => `- ${markdownText(line)}`)
      .join('\n'),
    warningsMarkdown(model),
    provenanceLine(model),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function questionBlocks(question: Question): string[] {
  const bySource = Map.groupBy(question.references, (row) => row.source?.label ?? '');
  return [
    `### ${markdownText(questionTitle(question))}`,
    question.answers.map(answerMarkdown).join('\n'),
    summaryMarkdown(question.rows),
    publishedLines(question)
      .map((line) => `- ${markdownText(line)}`)
      .join('\n'),
    notesMarkdown(question.rows),
    ...[...bySource].flatMap(([label, rows]) => [
      `Recorded earlier, not to be compared with the above: ${markdownText(label)}`,
      summaryMarkdown(rows),
    ]),
    question.resolution === null ? '' : resolutionSentence(question.resolution),
  ];
}

function answerMarkdown({ subject, conditions, parts }: Answer): string {
  const text = parts.map((part) => (part.strong ? `**${markdownText(part.text)}**` : markdownText(part.text)));
  return `- ${subject} ${markdownText(conditions)}: ${text.join('')}`;
}

function summaryMarkdown(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const columns = columnsFor(rows);
  return [
    line(columns.map(({ head }) => head.replace('\n', ' '))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(rowTexts(columns, row).map(markdownText))),
  ].join('\n');
}

/** A row without figures says why in its note. */
function rowTexts(columns: readonly SummaryColumn[], row: Row): string[] {
  const texts = columns.map((column) => column.text(row));
  return row.okCount > 0 ? texts : [...texts.slice(0, -1), rowReason(row)];
}

function notesMarkdown(rows: readonly Row[]): string {
  return footnotes(rows.filter((row) => row.okCount > 0))
    .map(({ implementations, text, remedy }) => {
      const after = remedy === null ? '' : ` Remedy: ${markdownText(remedy)}`;
      return `- ${markdownText(implementations.join(', '))}: ${markdownText(text)}.${after}`;
    })
    .join('\n');
}

function costsMarkdown({ prices, questions }: ReportCosts): string {
  return [
    `### ${costTitle}`,
    markdownText(pricesSentence(prices)),
    ...questions.map((question) => costTableMarkdown(question, prices.currency)),
    costFormulas.map((line) => `- ${markdownText(line)}`).join('\n'),
    costLimits,
  ].join('\n\n');
}

function costTableMarkdown({ conditions, rows }: QuestionCosts, currency: string): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const columns = costColumns(currency);
  return [
    `${markdownText(toSentence(conditions))}\n`,
    line(columns.map(({ head }) => markdownText(oneLine(head)))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map(({ text }) => markdownText(text(row))))),
  ].join('\n');
}

function warningsMarkdown({ warnings }: ReportModel): string {
  const lines = warnings.map((warning) => {
    const subject = warningSubject(warning);
    return `- ${subject === null ? '' : `**${markdownText(subject)}**: `}${markdownText(warningText(warning))}`;
  });
  return lines.length === 0 ? '' : ['### Warnings', '', ...lines].join('\n');
}

function provenanceLine({ run }: ReportModel): string {
  return `${markdownText(machineLabel(run.machine))}, ${markdownText(run.startedAt.slice(0, 10))}. ${markdownCode(run.command)}`;
}

/** What GitHub takes for a comment or a job summary's section of one; counted in bytes, which are never fewer than characters. */
export const markdownLimit = 65_536;

/** The sentence, the gated tables, and folded the rest: never longer than `limit` bytes, and saying what was left out. */
export function comparisonMarkdown(compared: RunComparison, limit: number = markdownLimit): string {
  const comparison = presentable(compared);
  const blocks = comparisonTables(comparison);
  const warnings = comparison.warnings.map(({ message, advice }) => `> ${warningMarkdown(message, advice)}`);
  return fitToLimit(
    [
      [`**${markdownText(comparison.outcome.summary)}**`],
      [sidesLine(comparison), ...warnings],
      ...blocks.filter(({ remark }) => remark === null).map((block) => [gatedMarkdown(block)]),
      ...tableRemarks(blocks).map(({ remark, titles }) => [markdownText(`${remark}: ${titles.join('; ')}`)]),
      ...comparison.profiles.map((one) => [differenceMarkdown(one)]),
      ...buildFailuresMarkdown(comparison).map((block) => [block]),
      ...blocks.filter(({ informative }) => informative.length > 0).map((block) => [foldedMarkdown(block)]),
      [markdownText(methodText(comparison))],
    ],
    limit,
  );
}

function sidesLine({ base, head }: RunComparison): string {
  const machines = [...new Set([base.machineLabel, head.machineLabel])].join(' and ');
  return `base ${markdownCode(sideLabel(base))} → head ${markdownCode(sideLabel(head))}, on ${markdownText(machines)}`;
}

function warningMarkdown(message: string, advice: string | null): string {
  return markdownText(`${toSentence(message)}${advice === null ? '' : ` ${toSentence(advice)}`}`);
}

function gatedMarkdown({ title, gated }: ComparisonTable): string {
  return `#### ${markdownText(title)}\n\n${comparisonTableMarkdown(gated)}`;
}

function foldedMarkdown({ title, informative }: ComparisonTable): string {
  // Inside an HTML block Markdown's own escapes are text.
  const summary = `${htmlText(title)}: ${countOf(informative.length, 'more metric')}, not gated`;
  return `<details><summary>${summary}</summary>\n\n${comparisonTableMarkdown(informative)}\n\n</details>`;
}

function comparisonTableMarkdown(lines: readonly ComparisonRow[]): string {
  const hasFloor = lines.some(({ noiseFloor }) => noiseFloor !== null);
  const noiseFloorCells = (content: string) => (hasFloor ? [content] : []);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['', 'base', 'head', 'change', 'p', ...noiseFloorCells('noise floor'), 'verdict']),
    row(['---', '---:', '---:', '---:', '---:', ...noiseFloorCells('---:'), '---']),
    ...lines.map((line) =>
      row(
        [line.metric, line.base, line.head, line.change, line.p, ...noiseFloorCells(line.noiseFloor ?? '')]
          .map(markdownText)
          .concat(verdictCell(line)),
      ),
    ),
  ].join('\n');
}

function verdictCell({ kind, verdict, note }: ComparisonRow): string {
  const word = kind === 'worse' || kind === 'better' ? `**${verdict}**` : verdict;
  return note === '' ? word : `${word}: ${markdownText(note)}`;
}

const encoder = new TextEncoder();

/** Sections in their order as long as there is room for one more and for the line that says what is missing. */
function fitToLimit(sections: readonly (readonly string[])[], limit: number): string {
  const texts = sections.map((section) => `${section.join('\n\n')}\n\n`);
  const kept: string[] = [];
  let room = limit - encoder.encode(omittedLine(texts.length)).length;
  for (const [index, content] of texts.entries()) {
    room -= encoder.encode(content).length;
    if (room < 0) return `${kept.join('')}${omittedLine(texts.length - index)}`;
    kept.push(content);
  }
  return `${kept.join('').trimEnd()}\n`;
}

function omittedLine(count: number): string {
  return `${countOf(count, 'further section')} left out for want of room; the JSON and the HTML have all.\n`;
}

/** Folded blocks of code, each with the end of what a build tool printed. */
function buildFailuresMarkdown({ buildFailures }: RunComparison): string[] {
  return withLog(buildFailures).map((failure) => {
    const summary = htmlText(logSummary(failure));
    return `<details><summary>${summary}</summary>\n\n${markdownFence(failure.logTail)}\n\n</details>`;
  });
}

/** The whole table as Markdown, for docs/claims.md. */
export function claimsMarkdown(judged: readonly AssessedClaim[], sources: readonly ClaimSource[]): string {
  const columns = claimColumns(sources);
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    row(columns.map(({ head }) => head)),
    row(columns.map(() => '---')),
    ...judged.map((one) => row(columns.map(({ text }) => text(one)))),
    '',
    `${verdictCounts(judged)}.`,
  ].join('\n');
}

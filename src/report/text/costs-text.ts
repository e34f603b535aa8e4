import type { QuestionCosts, ReportCosts } from '../model.ts';
import { costColumns, costFormulas, costLimits, costTitle, pricesSentence } from '../tables/cost-table.ts';
import { alignedLines, paragraph, type TerminalStyles } from './terminal.ts';

/** Prices, a table a question, and the arithmetic. */
export function costsText({ prices, questions }: ReportCosts, { bold, dim }: TerminalStyles): string {
  return [
    bold(costTitle),
    paragraph(pricesSentence(prices)),
    ...questions.map((question) => costTable(question, prices.currency)),
    ...[...costFormulas, costLimits].map((line) => dim(paragraph(line))),
  ].join('\n');
}

function costTable({ conditions, rows }: QuestionCosts, currency: string): string {
  const columns = costColumns(currency);
  const table = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ text }) => text(row)))];
  const aligns = columns.map(({ align }) => align);
  return [`${conditions}:`, ...alignedLines(table, { aligns, gap: 'after' })].join('\n');
}

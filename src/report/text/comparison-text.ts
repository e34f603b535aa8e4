import { countOf } from '../../compare/text.ts';
import type { ComparisonOutcome, RunComparison } from '../../model/comparison.ts';
import { presentable } from '../../model/foreign-text.ts';
import { toSentence } from '../format.ts';
import {
  type ComparisonRow,
  type ComparisonTable,
  comparisonTables,
  methodText,
  sideLabel,
  tableRemarks,
} from '../tables/comparison-table.ts';
import { differenceText } from './profiles-text.ts';
import {
  alignedLines,
  lineWidth,
  paragraph,
  type TerminalStyles,
  type TextStyle,
  terminalStyles,
  wrap,
} from './terminal.ts';

export interface ComparisonTextOptions {
  readonly color: boolean;
  /** Metrics that only inform, too; without, those among them that changed. */
  readonly all: boolean;
}

/** The terminal's answer: the sentence, the two commits, a table a cell, the warnings. */
export function comparisonText(compared: RunComparison, { color, all }: ComparisonTextOptions): string {
  const comparison = presentable(compared);
  const paints = terminalStyles(color);
  const blocks = comparisonTables(comparison);
  const texts = [
    outcomeStyle(comparison.outcome, paints)(paragraph(comparison.outcome.summary)),
    sidesBlock(comparison),
    ...blocks.filter(({ remark }) => remark === null).map((block) => tableBlock(block, all, paints)),
    ...remarkLines(blocks),
    ...comparison.profiles.map((one) => differenceText(one, paints)),
    ...comparison.warnings.map(({ message, advice }) => warningText(message, advice, paints)),
    paints.dim(paragraph(methodText(comparison))),
  ];
  return `${texts.join('\n\n')}\n`;
}

function outcomeStyle({ kind }: ComparisonOutcome, { bold, warn }: TerminalStyles): TextStyle {
  return kind === 'no-regression' ? bold : (text) => warn(bold(text));
}

function sidesBlock({ base, head }: RunComparison): string {
  const machines = new Set([base.machineLabel, head.machineLabel]);
  return [`base  ${sideLabel(base)}`, `head  ${sideLabel(head)}`, `on    ${[...machines].join(' and ')}`].join('\n');
}

/** What is true of whole cells, said once for all of which it is. */
function remarkLines(blocks: readonly ComparisonTable[]): string[] {
  return tableRemarks(blocks).map(({ remark, titles }) => paragraph(`${remark}: ${titles.join('; ')}`));
}

function tableBlock({ title, gated, informative }: ComparisonTable, all: boolean, paints: TerminalStyles): string {
  const changed = informative.filter(({ kind }) => kind === 'better' || kind === 'worse');
  const shown = all ? informative : changed;
  const hidden = informative.length - shown.length;
  return [
    paints.bold(title),
    rowsText([...gated, ...shown.map((line) => ({ ...line, metric: `(${line.metric})` }))]),
    ...(shown.length > 0 ? [paints.dim('  in brackets: shown, not gated, p as it is')] : []),
    ...(hidden > 0 ? [paints.dim(`  ${countOf(hidden, 'more metric')} without a verdict of change: --all`)] : []),
  ].join('\n');
}

/** Notes stand under their lines, where they have room. */
function rowsText(lines: readonly ComparisonRow[]): string {
  const hasFloor = lines.some(({ noiseFloor }) => noiseFloor !== null);
  const cells = (line: ComparisonRow) => [
    line.metric,
    line.base,
    line.head,
    line.change,
    line.p,
    ...(hasFloor ? [line.noiseFloor ?? ''] : []),
    line.verdict,
  ];
  const heads = ['', 'base', 'head', 'change', 'p', ...(hasFloor ? ['noise floor'] : []), 'verdict'];
  const aligns = heads.map((head) => (head === '' || head === 'verdict' ? ('left' as const) : ('right' as const)));
  const [first = '', ...rows] = alignedLines([heads, ...lines.map(cells)], { aligns, gap: 'before' });
  return [first, ...rows.flatMap((row, index) => [row, ...noteLines(lines[index])])].join('\n');
}

function noteLines(line: ComparisonRow | undefined): string[] {
  if (line === undefined || line.note === '') return [];
  return [`      ${wrap(line.note, lineWidth - 6, '      ')}`];
}

function warningText(message: string, advice: string | null, { warn }: TerminalStyles): string {
  return warn(paragraph(`${toSentence(message)}${advice === null ? '' : ` ${toSentence(advice)}`}`));
}

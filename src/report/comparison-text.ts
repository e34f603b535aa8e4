import Table from 'cli-table3';
import { percentText } from '../compare/words.ts';
import type { ComparisonOutcome, RunComparison } from '../model/comparison.ts';
import { type ComparisonBlock, type ComparisonLine, comparisonBlocks, remarks, sideText } from './comparison-lines.ts';
import { countOf } from './format.ts';
import { noBorders } from './no-borders.ts';
import { type Paint, type Paints, paintsFor } from './paint.ts';
import { sentence } from './warnings.ts';
import { wrap } from './wrap.ts';

export interface ComparisonTextOptions {
  readonly color: boolean;
  /** Metrics that only inform, too; without, those among them that changed. */
  readonly all: boolean;
}

const lineWidth = 100;

/** The terminal's answer: the sentence, whose commits, a table a cell, the doubts. */
export function comparisonText(comparison: RunComparison, { color, all }: ComparisonTextOptions): string {
  const paints = paintsFor(color);
  const blocks = comparisonBlocks(comparison);
  const texts = [
    paintOf(comparison.outcome, paints)(wrap(comparison.outcome.sentence, lineWidth, '    ')),
    headText(comparison),
    ...blocks.filter(({ remark }) => remark === null).map((block) => blockText(block, all, paints)),
    ...remarkTexts(blocks),
    ...comparison.warnings.map(({ message, advice }) => warning(message, advice, paints)),
    paints.dim(wrap(rulesText(comparison), lineWidth, '    ')),
  ];
  return `${texts.join('\n\n')}\n`;
}

function paintOf({ kind }: ComparisonOutcome, { bold, warn }: Paints): Paint {
  return kind === 'no-regression' ? bold : (text) => warn(bold(text));
}

function headText({ base, head }: RunComparison): string {
  const machines = new Set([base.machineLabel, head.machineLabel]);
  return [`base  ${sideText(base)}`, `head  ${sideText(head)}`, `on    ${[...machines].join(' and ')}`].join('\n');
}

/** What is true of whole cells, said once for all of which it is. */
function remarkTexts(blocks: readonly ComparisonBlock[]): string[] {
  return remarks(blocks).map(({ remark, titles }) => wrap(`${remark}: ${titles.join('; ')}`, lineWidth, '    '));
}

function blockText({ title, gated, informative }: ComparisonBlock, all: boolean, paints: Paints): string {
  const changed = informative.filter(({ kind }) => kind === 'better' || kind === 'worse');
  const shown = all ? informative : changed;
  const hidden = informative.length - shown.length;
  return [
    paints.bold(title),
    tableText([...gated, ...shown.map((line) => ({ ...line, what: `(${line.what})` }))]),
    ...(shown.length > 0 ? [paints.dim('  in brackets: shown, not gated, p as it is')] : []),
    ...(hidden > 0 ? [paints.dim(`  ${countOf(hidden, 'more metric')} without a verdict of change: --all`)] : []),
  ].join('\n');
}

/** Notes stand under their lines, where they have room. */
function tableText(lines: readonly ComparisonLine[]): string {
  const hasFloor = lines.some(({ floor }) => floor !== null);
  const cells = (line: ComparisonLine) => [
    line.what,
    line.base,
    line.head,
    line.change,
    line.p,
    ...(hasFloor ? [line.floor ?? ''] : []),
    line.verdict,
  ];
  const heads = ['', 'base', 'head', 'change', 'p', ...(hasFloor ? ['floor'] : []), 'verdict'];
  const table = new Table({
    chars: noBorders,
    style: { 'padding-left': 2, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: heads.map((head) => (head === '' || head === 'verdict' ? 'left' : 'right')),
  });
  table.push(heads, ...lines.map(cells));
  const [first = '', ...rows] = table
    .toString()
    .split('\n')
    .map((row) => row.trimEnd());
  return [first, ...rows.flatMap((row, index) => [row, ...noteText(lines[index])])].join('\n');
}

function noteText(line: ComparisonLine | undefined): string[] {
  if (line === undefined || line.note === '') return [];
  return [`      ${wrap(line.note, lineWidth - 6, '      ')}`];
}

function warning(message: string, advice: string | null, { warn }: Paints): string {
  return warn(wrap(`${sentence(message)}${advice === null ? '' : ` ${sentence(advice)}`}`, lineWidth, '    '));
}

/** By what all this was judged. */
export function rulesText({ alpha, familyCount, comparisons }: RunComparison): string {
  const effects = comparisons
    .filter(({ role, metricId }) => role === 'gated' && metricId !== 'errors')
    .map(({ label, smallestEffectRatio }) => `${label} ${percentText(smallestEffectRatio)}`);
  const family = familyCount === 0 ? '' : `, over ${countOf(familyCount, 'gated comparison')} (Holm)`;
  const matters = effects.length === 0 ? '' : ` Smallest changes that matter: ${[...new Set(effects)].join(', ')}.`;
  return `Change: Hodges–Lehmann with its 95 % interval. p: one-sided exact rank test, at most ${alpha}${family}.${matters}`;
}

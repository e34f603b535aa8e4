import type { RunComparison } from '../model/comparison.ts';
import { buildFailuresMarkdown } from './build-failures.ts';
import { type ComparisonBlock, type ComparisonLine, comparisonBlocks, remarks, sideText } from './comparison-lines.ts';
import { rulesText } from './comparison-text.ts';
import { countOf } from './format.ts';
import { escapeMarkdown } from './markdown.ts';
import { sentence } from './warnings.ts';

/** What GitHub takes for a comment or a job summary's section of one; counted in bytes, which are never fewer than characters. */
export const markdownLimit = 65_536;

/** The sentence, the gated tables, and folded the rest: never longer than `limit` bytes, and saying what was left out. */
export function comparisonMarkdown(comparison: RunComparison, limit: number = markdownLimit): string {
  const blocks = comparisonBlocks(comparison);
  const doubts = comparison.warnings.map(({ message, advice }) => `> ${text(message, advice)}`);
  return fitted(
    [
      [`**${escapeMarkdown(comparison.outcome.sentence)}**`],
      [sidesLine(comparison), ...doubts],
      ...blocks.filter(({ remark }) => remark === null).map((block) => [gatedMarkdown(block)]),
      ...remarks(blocks).map(({ remark, titles }) => [escapeMarkdown(`${remark}: ${titles.join('; ')}`)]),
      ...buildFailuresMarkdown(comparison).map((block) => [block]),
      ...blocks.filter(({ informative }) => informative.length > 0).map((block) => [foldedMarkdown(block)]),
      [escapeMarkdown(rulesText(comparison))],
    ],
    limit,
  );
}

function sidesLine({ base, head }: RunComparison): string {
  const machines = [...new Set([base.machineLabel, head.machineLabel])].join(' and ');
  return `base \`${code(sideText(base))}\` → head \`${code(sideText(head))}\`, on ${escapeMarkdown(machines)}`;
}

function text(message: string, advice: string | null): string {
  return escapeMarkdown(`${sentence(message)}${advice === null ? '' : ` ${sentence(advice)}`}`);
}

/** No backtick and no line of its own inside a code span. */
function code(content: string): string {
  return content.replaceAll('`', "'").replaceAll(/\s+/g, ' ');
}

function gatedMarkdown({ title, gated }: ComparisonBlock): string {
  return `#### ${escapeMarkdown(title)}\n\n${table(gated)}`;
}

function foldedMarkdown({ title, informative }: ComparisonBlock): string {
  const summary = `${escapeMarkdown(title)}: ${countOf(informative.length, 'more metric')}, not gated`;
  return `<details><summary>${summary}</summary>\n\n${table(informative)}\n\n</details>`;
}

function table(lines: readonly ComparisonLine[]): string {
  const hasFloor = lines.some(({ floor }) => floor !== null);
  const floorOf = (content: string) => (hasFloor ? [content] : []);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['', 'base', 'head', 'change', 'p', ...floorOf('floor'), 'verdict']),
    row(['---', '---:', '---:', '---:', '---:', ...floorOf('---:'), '---']),
    ...lines.map((line) =>
      row(
        [line.what, line.base, line.head, line.change, line.p, ...floorOf(line.floor ?? '')]
          .map(escapeMarkdown)
          .concat(verdictCell(line)),
      ),
    ),
  ].join('\n');
}

function verdictCell({ kind, verdict, note }: ComparisonLine): string {
  const word = kind === 'worse' || kind === 'better' ? `**${verdict}**` : verdict;
  return note === '' ? word : `${word}: ${escapeMarkdown(note)}`;
}

const encoder = new TextEncoder();

/** Sections in their order as long as there is room for one more and for the line that says what is missing. */
function fitted(sections: readonly (readonly string[])[], limit: number): string {
  const texts = sections.map((section) => `${section.join('\n\n')}\n\n`);
  const kept: string[] = [];
  let room = limit - encoder.encode(leftOutLine(texts.length)).length;
  for (const [index, content] of texts.entries()) {
    room -= encoder.encode(content).length;
    if (room < 0) return `${kept.join('')}${leftOutLine(texts.length - index)}`;
    kept.push(content);
  }
  return `${kept.join('').trimEnd()}\n`;
}

function leftOutLine(count: number): string {
  return `${countOf(count, 'further section')} left out for want of room; the JSON and the HTML have all.\n`;
}

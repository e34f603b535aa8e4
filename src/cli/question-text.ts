import { describeMachine } from '../probe/machine.ts';
import { type AnswerBlock, answerHtml } from '../report/html/question-answer.ts';
import { alignedLines } from '../report/text/terminal.ts';
import type { SecondFigures } from '../run/questions/second-figures.ts';
import { writeFileAtomically } from '../store/write-file.ts';
import type { CommandContext } from './context.ts';

export interface AnswerFlags {
  readonly json?: boolean;
  readonly out?: string;
  readonly html?: string;
}

interface GivenAnswer {
  readonly question: string;
  /** What it was asked with, for the page's title. */
  readonly conditions: string;
  readonly blocks: readonly AnswerBlock[];
  /** For programs. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An answer for people, for programs (`--json`), for later (`--out`) and as a page (`--html`). */
export async function giveAnswer(
  { question, conditions, blocks, data }: GivenAnswer,
  { json, out, html }: AnswerFlags,
  { stdout, stderr }: CommandContext,
): Promise<void> {
  const answer = { question, ...data };
  (json ? stderr : stdout).print(`${blocks.map(blockText).join('\n\n')}\n`);
  if (json) stdout.write(`${JSON.stringify(answer)}\n`);
  if (out !== undefined) await writeFileAtomically(out, `${JSON.stringify(answer, null, 2)}\n`);
  if (html === undefined) return;
  // What bundles takes long to load, and most answers are no page.
  const { bundlePage } = await import('../report/html/bundle.ts');
  const page = { title: `${question} ${conditions}`, context: machineText(), blocks };
  await writeFileAtomically(html, answerHtml(page, await bundlePage()));
}

function machineText(): string {
  const { cpuModel, coreCount } = describeMachine();
  return `${cpuModel}, ${coreCount} cores`;
}

function blockText({ title, table, lines }: AnswerBlock): string {
  const indented = (table ?? []).map(([first = '', ...others]) => [first === '' ? '' : `  ${first}`, ...others]);
  return [title, ...(table === null ? [] : [tableText(indented)]), ...lines.map((line) => `  ${line}`)].join('\n');
}

/** The first column to the left, the others to the right. */
function tableText(rows: readonly (readonly string[])[]): string {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const aligns = Array.from({ length: columnCount }, (_, column) =>
    column === 0 ? ('left' as const) : ('right' as const),
  );
  return alignedLines(rows, { aligns, gap: 'after' }).join('\n');
}

/** Three digits, and never an exponent; a dash where unknown. */
export function figureText(value: number | null, unit: string): string {
  if (value === null) return '–';
  const rounded = Number(value.toPrecision(3));
  return `${rounded.toLocaleString('en-US', { maximumFractionDigits: 6 })}${unit === '' ? '' : ` ${unit}`}`;
}

/** The seconds of a load, for the page. */
export function secondBySecond(seconds: readonly SecondFigures[]): AnswerBlock['details'] {
  const table = [
    ['second', 'due', 'right', 'p50 ms', 'p95 ms', 'ms CPU/request'],
    ...seconds.map((one) => [
      String(one.second),
      String(one.scheduledCount),
      String(one.okCount),
      figureText(one.responseP50Ms, ''),
      figureText(one.responseP95Ms, ''),
      figureText(one.cpuPerRequestMs, ''),
    ]),
  ];
  return { summary: 'second by second', table };
}

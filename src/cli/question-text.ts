import { alignedLines } from '../report/text/terminal.ts';
import { writeFileAtomically } from '../store/write-file.ts';
import type { CommandContext } from './context.ts';

interface AnswerFlags {
  readonly json?: boolean;
  readonly out?: string;
}

/** An answer for people, for programs (`--json`) and for later (`--out`). */
export async function giveAnswer(
  text: string,
  answer: Readonly<Record<string, unknown>>,
  { json, out }: AnswerFlags,
  { stdout, stderr }: CommandContext,
): Promise<void> {
  (json ? stderr : stdout).print(`${text}\n`);
  if (json) stdout.write(`${JSON.stringify(answer)}\n`);
  if (out !== undefined) await writeFileAtomically(out, `${JSON.stringify(answer, null, 2)}\n`);
}

/** The first column to the left, the others to the right. */
export function tableText(rows: readonly (readonly string[])[]): string {
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

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { describeMachine } from '../../src/probe/machine.ts';

/** Parts of docs/faults.md that a command of its own writes; `npm run faults` leaves them as they are. */

const root = resolve(import.meta.dirname, '..', '..');
const page = resolve(root, 'docs', 'faults.md');

export const sectionIds = ['readers', 'kills', 'hour'] as const;
type SectionId = (typeof sectionIds)[number];

export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** When, of which commit, where, and beside what: the last line of a section. */
export function originText(command: string, startLoad: number): string {
  const commit = execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const { cpuModel, coreCount } = describeMachine();
  const loads = [startLoad, loadavg()[0] ?? 0].map((load) => load.toFixed(1)).join(' and ');
  const day = new Date().toISOString().slice(0, 16).replace('T', ' ');
  return `\`${command}\`, ended ${day} UTC at commit ${commit}, on ${coreCount} cores (${cpuModel}), niceness ${niceness()}; processes that ran or waited at its beginning and end: ${loads} for ${availableParallelism()} cores.`;
}

function niceness(): string {
  return readFileSync('/proc/self/stat', 'utf8').replace(/.*\) /, '').split(' ')[16] ?? '0';
}

export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/** Prints a section, and puts it into the page where that is asked for. */
export function publish(id: SectionId, text: string, isWritten: boolean): void {
  process.stdout.write(`\n${text}\n`);
  if (isWritten) writeFileSync(page, withSection(readFileSync(page, 'utf8'), id, text));
}

/** The page with what stands between the marks of a section replaced. Throws where the page has none. */
export function withSection(whole: string, id: SectionId, text: string): string {
  const { from, to } = placeOf(whole, id);
  return `${whole.slice(0, from)}\n\n${text.trim()}\n\n${whole.slice(to)}`;
}

export function sectionText(whole: string, id: SectionId): string {
  const { from, to } = placeOf(whole, id);
  return whole.slice(from, to).trim();
}

function placeOf(whole: string, id: SectionId): { readonly from: number; readonly to: number } {
  const [begin, end] = [`<!-- ${id} -->`, `<!-- /${id} -->`];
  const [from, to] = [whole.indexOf(begin) + begin.length, whole.indexOf(end)];
  if (!whole.includes(begin) || to < from) throw new Error(`docs/faults.md has no section ${begin} … ${end}`);
  return { from, to };
}

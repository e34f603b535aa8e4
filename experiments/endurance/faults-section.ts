import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { describeMachine } from '../../src/probe/machine.ts';
import { writeSection } from '../marked-page.ts';

/** Parts of docs/faults.md that a command of its own writes; `npm run faults` leaves them as they are. */

const root = resolve(import.meta.dirname, '..', '..');
const page = resolve(root, 'docs', 'faults.md');

export const sectionIds = ['readers', 'kills', 'hour'] as const;
type SectionId = (typeof sectionIds)[number];

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
  if (isWritten) writeSection(page, id, text);
}

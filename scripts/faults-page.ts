import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { sectionIds } from '../experiments/endurance/faults-section.ts';
import { sectionText, withSection } from '../experiments/marked-page.ts';
import { type Cell, faults, impossible, moments, nameOf, type Subject, subjects } from '../test/faults/cell.ts';
import { cells } from '../test/faults/cells.ts';

/** Runs every cell of the fault matrix and writes docs/faults.md from what passed: `npm run faults`. */

const root = resolve(import.meta.dirname, '..');

interface TestEvent {
  readonly type: string;
  readonly data: { readonly name?: string; readonly skip?: unknown; readonly details?: { readonly error?: Error } };
}

type Outcome = 'passed' | 'failed' | 'skipped';

async function outcomes(): Promise<ReadonlyMap<string, Outcome>> {
  const found = new Map<string, Outcome>();
  const names = new Set(cells.map(nameOf));
  const stream = run({
    cwd: root,
    files: [resolve(root, 'test/faults/faults.test.ts')],
    execArgv: ['--import', resolve(root, 'test/in-test.ts')],
  });
  for await (const { type, data } of stream as AsyncIterable<TestEvent>) {
    const { name = '', skip, details } = data;
    if (!names.has(name) || (type !== 'test:pass' && type !== 'test:fail')) continue;
    const outcome = type === 'test:fail' ? 'failed' : skip === undefined ? 'passed' : 'skipped';
    found.set(name, outcome);
    process.stdout.write(`${outcome === 'passed' ? '✔' : outcome === 'failed' ? '✖' : '﹣'} ${name}\n`);
    if (type === 'test:fail') process.stdout.write(`${details?.error?.cause ?? details?.error}\n`);
  }
  return found;
}

const marks: Readonly<Record<Outcome, string>> = { passed: '✔', failed: '✖', skipped: '' };

function tableOf(who: Subject, found: ReadonlyMap<string, Outcome>): string {
  const own = faults.filter((what) => cells.some((cell) => cell.who === who && cell.what === what));
  const rows = own.map((what) => {
    const columns = moments.map((when) => {
      const outcome = found.get(nameOf({ who, what, when }));
      return outcome !== undefined ? marks[outcome] : impossible(who, what, when) === null ? '' : '–';
    });
    return `| ${what} | ${columns.join(' | ')} |`;
  });
  return [`| ${who} | ${moments.join(' | ')} |`, `| --- |${moments.map(() => ' :-: ').join('|')}|`, ...rows, ''].join(
    '\n',
  );
}

function lineOf({ who, what, when, exitCodes, words, keptTrialCount, isCleanedByNextRun }: Cell): string {
  const exit = exitCodes.map((code) => code ?? 'the signal').join(' or ');
  const kept = keptTrialCount === null ? 'no result is looked at' : `${keptTrialCount} finished trials`;
  const left = isCleanedByNextRun === true ? 'cleaned up by the next run' : 'nothing';
  return `| ${who} | ${what} | ${when} | \`${words.source.replaceAll('|', '\\|')}\` | ${exit} | ${kept} | ${left} |`;
}

function page(found: ReadonlyMap<string, Outcome>): string {
  const passed = cells.filter((cell) => found.get(nameOf(cell)) === 'passed');
  return `# Faults

One fault at one moment, and what paceline does then. Made by \`npm run faults\`, which runs every cell as a test
(\`test/faults\`); a tick is a test that passed in that run.

**${passed.length} cells tried and passed, of ${cells.length} that have a test.**
✔ passed, ✖ failed, – cannot happen, empty: not tried.

Moments: \`drain\` is what follows the window, \`write\` writes the result, \`ci build\` builds one side of \`paceline ci\`, and \`confirmation\`
is the second look that \`ci\` takes before it calls a rise confirmed.

${subjects.map((who) => tableOf(who, found)).join('\n')}
## Long and hard

Each part is written by the command that its last line names, with \`--write\`, and stays until that is run again.

### What others wrote

Whatever paceline reads, damaged at random: it must be refused in a sentence with its remedy, or be a value that its schema accepts.

<!-- readers -->
<!-- /readers -->

### Killed at random moments

<!-- kills -->
<!-- /kills -->

### An hour

<!-- hour -->
<!-- /hour -->

## What each cell owes

Nothing left behind means: no process, control group, temporary folder, shared memory or entry of the cleanup registry of that run.
More than one exit code: the trial that the fault did not touch may be void on a noisy machine.

| who | what | when | words | exit code | kept | left behind |
| --- | --- | --- | --- | --- | --- | --- |
${cells.map(lineOf).join('\n')}
`;
}

/** What the other commands have written stays. */
function withFormerSections(fresh: string, former: string): string {
  return sectionIds.reduce((text, id) => withSection(text, id, sectionText(former, id)), fresh);
}

const path = resolve(root, 'docs', 'faults.md');
const found = await outcomes();
writeFileSync(path, withFormerSections(page(found), readFileSync(path, 'utf8')));
const failed = [...found.values()].filter((outcome) => outcome === 'failed').length;
process.stdout.write(`${found.size} cells run, ${failed} failed: docs/faults.md\n`);
process.exitCode = failed === 0 && found.size === cells.length ? 0 : 1;

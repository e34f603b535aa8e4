/*
 * Asks each question of docs/questions.md of every CRUD implementation, one command each, and prints the tables of that page; then the same
 * question three times of one implementation: how far do its answers differ? An answer that is there is not asked again, so the same
 * command goes on another day. `npm run questions -- [QUESTION…] [--impl ID]… [--repeat ID] [--plan] [--tables] [--page docs/questions.md]`:
 * `--plan` only says what is left and for how long, `--tables` only prints what is there, `--page` writes the tables into the page.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../../src/probe/machine.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { rootDir } from '../../src/run/paths.ts';
import { locateAll } from '../../src/run/project.ts';
import { readCommandLine } from '../command-line.ts';
import { assertSection, markdownTable, writeSection } from '../marked-page.ts';
import { type Question, questions } from './tables.ts';

const { values, positionals } = readCommandLine({
  allowPositionals: true,
  options: {
    impl: { type: 'string', multiple: true },
    repeat: { type: 'string', default: 'crud-go' },
    plan: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    page: { type: 'string' },
  },
});
const sectionId = 'answers';
if (values.page !== undefined) assertSection(values.page, sectionId);
const repeatCount = 3;
const folder = join(rootDir, '.cache', 'questions', describeMachine().id);
mkdirSync(folder, { recursive: true });

interface Task {
  readonly question: Question;
  readonly implementation: string;
  /** From 1: answers of one implementation are numbered. */
  readonly number: number;
}

const implementations = values.impl ?? (await defaultImplementations());
const asked = questions.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const unknown = positionals.filter((id) => !questions.some((question) => question.id === id));
if (unknown.length > 0) {
  process.stderr.write(`no question is called ${unknown.join(', ')}: ${questions.map(({ id }) => id).join(', ')}\n`);
  process.exit(2);
}
const tasks = asked.flatMap((question) => [
  ...implementations.map((implementation) => ({ question, implementation, number: 1 })),
  ...Array.from({ length: repeatCount - 1 }, (_, index) => ({
    ...{ question, implementation: values.repeat, number: index + 2 },
  })),
  ...(implementations.includes(values.repeat) ? [] : [{ question, implementation: values.repeat, number: 1 }]),
]);
const left = tasks.filter((task) => !existsSync(pathOf(task)));

if (!values.tables) {
  process.stderr.write(planText(left));
  if (values.plan) process.exit(0);
  for (const [index, task] of left.entries()) askOne(task, left.slice(index));
}
const text = [originText(), ...asked.map(tablesText)].join('\n');
process.stdout.write(`${text}\n`);
if (values.page !== undefined) writeSection(values.page, sectionId, text);

async function defaultImplementations(): Promise<string[]> {
  const located = await locateAll(checkoutProject, []);
  return located
    .filter(({ implementation }) => implementation.service === 'crud' && implementation.optional !== true)
    .map(({ implementation }) => implementation.id);
}

function pathOf({ question, implementation, number }: Task): string {
  return join(folder, `${question.id}.${implementation}.${number}.json`);
}

function planText(remaining: readonly Task[]): string {
  const minutes = remaining.reduce((sum, { question }) => sum + question.minutes, 0);
  return `${remaining.length} of ${tasks.length} answers are left: about ${Math.ceil(minutes)} minutes\n`;
}

function askOne(task: Task, remaining: readonly Task[]): void {
  const { question, implementation } = task;
  process.stderr.write(`${planText(remaining)}${question.id} ${implementation}, answer ${task.number}\n`);
  const args = ['bin/paceline.mjs', question.id, implementation, ...question.args, '--out', pathOf(task)];
  const { status } = spawnSync(process.execPath, args, { cwd: rootDir, stdio: ['ignore', 'ignore', 'inherit'] });
  // 1 is an answer as well; without one (2, 3) the others are still asked.
  if (status === null || status >= 128) process.exit(status ?? 130);
}

function answerOf(task: Task): Record<string, unknown> | null {
  const path = pathOf(task);
  if (!existsSync(path)) return null;
  const { answers } = JSON.parse(readFileSync(path, 'utf8')) as { readonly answers: Record<string, unknown>[] };
  return answers[0] ?? null;
}

/** Where and when the answers were given. */
function originText(): string {
  const days = tasks
    .map(pathOf)
    .filter((path) => existsSync(path))
    .map((path) => statSync(path).mtime.toISOString().slice(0, 10));
  const [first, last] = [days.toSorted()[0], days.toSorted().at(-1)];
  const { cpuModel, coreCount } = describeMachine();
  const span = first === last ? `on ${last}` : `from ${first} to ${last}`;
  return last === undefined ? '' : `Made by \`npm run questions\` ${span}: ${cpuModel}, ${coreCount} cores.\n`;
}

function tablesText(question: Question): string {
  const rows = implementations.flatMap((implementation) => {
    const answer = answerOf({ question, implementation, number: 1 });
    return answer === null ? [] : question.rows(answer).map((row) => [implementation, ...row]);
  });
  const command = `npm run bench -- ${question.id} ${implementations.join(' ')} ${question.args.join(' ')}`;
  const answers = `### ${question.id}, answered\n\n\`${command}\`\n\n${rows.length === 0 ? 'Not asked yet.' : markdownTable(['implementation', ...question.head], rows)}\n`;
  const repeated = Array.from({ length: repeatCount }, (_, index) =>
    answerOf({ question, implementation: values.repeat, number: index + 1 }),
  ).filter((answer) => answer !== null);
  if (repeated.length < 2) return answers;
  const lines = question.keyFigures.map(({ name, read }) => [name, ...spreadOf(repeated.map(read))]);
  const head = ['figure', ...repeated.map((_, index) => `answer ${index + 1}`), 'spread'];
  return `${answers}\n${values.repeat}, asked ${repeated.length} times:\n\n${markdownTable(head, lines)}\n`;
}

/** The values, and (greatest − least) ÷ median. */
function spreadOf(found: readonly (number | null)[]): string[] {
  const known = found.filter((value) => value !== null).sort((a, b) => a - b);
  const middle = known[known.length >> 1];
  const [least, greatest] = [known[0], known.at(-1)];
  const isKnown = known.length === found.length && middle !== undefined && middle !== 0;
  const spread = isKnown ? `${((100 * ((greatest ?? 0) - (least ?? 0))) / middle).toFixed(0)} %` : '–';
  return [...found.map((value) => (value === null ? '–' : String(Number(value.toPrecision(3))))), spread];
}

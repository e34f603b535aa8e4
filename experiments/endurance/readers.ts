import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { run } from 'node:test';
import { readers } from '../../test/readers/all.ts';
import { corpusOf, corpusPath, type Tried, tryReader } from '../../test/readers/reader.ts';
import { readCommandLine } from '../command-line.ts';
import { markdownTable } from '../marked-page.ts';
import { loadNow, originText, publish } from './faults-section.ts';

/**
 * `npm run readers -- --factor 20 --seed 5`: every reader of what others wrote, so many times as many inputs as in `npm test`.
 * `--keep` puts a failure into the corpus, `--only ID` tries one reader alone.
 */

const { values } = readCommandLine({
  options: {
    factor: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const factor = Number(values.factor);
const seed = Number(values.seed);
const root = resolve(import.meta.dirname, '..', '..');

function printFailure({ reader, failure }: Tried): void {
  if (failure === null) return;
  const { input, problem } = failure;
  process.stdout.write(`${reader.id}: ${problem}\n${input.toString('utf8').slice(0, 1_000)}\n`);
  if (!values.keep) return;
  const path = corpusPath(reader, input);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, input);
  process.stdout.write(`kept as ${path}\n`);
}

interface HttpReader {
  readonly inputCount: number;
  readonly isSuccess: boolean;
}

/** The HTTP reader needs a server that answers: its test file has it. */
async function tryHttpReader(): Promise<HttpReader> {
  process.env.PACELINE_FUZZ_FACTOR = String(factor);
  process.env.PACELINE_FUZZ_SEED = String(seed);
  let inputCount = 0;
  let isSuccess = true;
  const stream = run({ cwd: root, files: [resolve(root, 'test/load/response-fuzz.test.ts')] });
  for await (const { type, data } of stream) {
    const { message = '' } = data as { message?: string };
    if (type === 'test:diagnostic') inputCount += Number(/^(\d+) inputs/.exec(message)?.[1] ?? 0);
    if (type === 'test:fail') isSuccess = false;
  }
  return { inputCount, isSuccess };
}

const startLoad = loadNow();
process.stdout.write(`seed ${seed}\n`);
const rows: (string | number)[][] = [];
let failedCount = 0;
for (const reader of readers.filter(({ id }) => values.only === undefined || id === values.only)) {
  const count = reader.count * factor;
  const tried = await tryReader(reader, count, seed);
  printFailure(tried);
  failedCount += tried.failure === null ? 0 : 1;
  rows.push([
    ...[reader.id, count, tried.acceptedCount, tried.refusedCount, tried.failure === null ? 0 : 1],
    corpusOf(reader).length,
  ]);
  process.stdout.write(`${reader.id}: ${count} inputs\n`);
}
if (values.only === undefined) {
  const { inputCount, isSuccess } = await tryHttpReader();
  failedCount += isSuccess ? 0 : 1;
  rows.push(['HTTP answers, beside Node’s own client', inputCount, '–', '–', isSuccess ? 0 : 1, '–']);
}
const total = rows.reduce((sum, [, count]) => sum + Number(count), 0);
const head = ['reader', 'inputs', 'accepted', 'refused', 'read wrongly', 'kept inputs that once were'];
const text = `**${total} inputs of seed ${seed}: ${failedCount === 0 ? 'none' : `${failedCount} or more`} read wrongly.**

${markdownTable(head, rows)}

${originText(`npm run readers -- --factor ${factor} --seed ${seed}`, startLoad)}`;
publish('readers', text, values.write);
process.exitCode = failedCount === 0 ? 0 : 1;

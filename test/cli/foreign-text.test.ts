// test-lane: waits
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { reportsDir, resultsDir } from '../../src/run/paths.ts';
import { corpus, poisoned } from '../support/hostile.ts';
import { makeWorkspace, paceline, removeWorkspace } from '../support/paceline.ts';
import { sevenAtOneRate } from '../support/run-examples.ts';

const text = Object.entries(corpus)
  .filter(([kind]) => kind !== 'half a surrogate pair')
  .map(([, one]) => one.slice(0, 10_000))
  .join(' ');
const folder = join(resultsDir, `hostile-${process.pid}`);
const base = join(folder, 'base.json');
const head = join(folder, 'head.json');

before(async () => {
  await mkdir(folder, { recursive: true });
  const result = poisoned(sevenAtOneRate(), text);
  await writeFile(base, JSON.stringify(result));
  await writeFile(head, JSON.stringify({ ...result, runId: `${text}head` }));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Everything that acts on a terminal without being seen; CSV ends its lines with a carriage return. */
function unprintableIn(output: string): string[] {
  const found = output.replaceAll('\r\n', '\n').match(/[^\P{Cc}\t\n]|[^\P{Cf}\u200c\u200d]|[\p{Zl}\p{Zp}\p{Cs}]/gu);
  return [...new Set(found)].map((character) => character.codePointAt(0)?.toString(16) ?? '');
}

const formats = ['text', 'markdown', 'json', 'csv', 'benchstat', 'junit', 'bencher'];
const commands: readonly (readonly string[])[] = [
  ['report', base, '--format', 'text'],
  ['report', base, '--format', 'text', '--details'],
  ['report', base, '--format', 'markdown'],
  ['report', folder, '--trend'],
  ['report', folder, '--trend', '--json'],
  ['list'],
  ['list', '--json'],
  ['claims', base],
  ['explain', 'nothing', base, head],
  ['conform', text.replaceAll('\0', '')],
  ['report', `${text.replaceAll('\0', '').slice(0, 100)}no-such.json`],
  ...formats.map((format) => ['compare', base, head, '--format', format]),
];

/** Names that do not exist: what is printed is an error that quotes them. */
function isWrong([command, first = '']: readonly string[]): boolean {
  return command === 'conform' || command === 'explain' || first.endsWith('no-such.json');
}

/** Two results with three trials a side cannot be decided. */
function expectedExitCode(words: readonly string[]): number {
  if (isWrong(words)) return 2;
  return words[0] === 'compare' ? 3 : 0;
}

describe('nothing that acts is printed by', { concurrency: 2 }, () => {
  for (const words of commands) {
    test(
      words
        .map((word) =>
          basename(word)
            .slice(0, 20)
            .replaceAll(/[^ -~]/g, '?'),
        )
        .join(' '),
      async () => {
        const { stdout, stderr, exitCode } = await paceline(words);
        assert.equal(exitCode, expectedExitCode(words), stderr.slice(0, 500));
        assert.notEqual(isWrong(words) ? stderr : stdout, '');
        assert.deepEqual([unprintableIn(stdout), unprintableIn(stderr)], [[], []]);
      },
    );
  }
});

test('JSON on a terminal is still the same data', async () => {
  const { stdout } = await paceline(['compare', base, head, '--format', 'json']);
  assert.ok(JSON.stringify(JSON.parse(stdout)).includes(JSON.stringify(corpus['direction overrides']).slice(1, -1)));
});

test('a page is written below reports/, whatever a result file says of its commit', async () => {
  const result = sevenAtOneRate();
  const out = await makeWorkspace();
  const before = new Set(await readdir(reportsDir).catch(() => []));
  try {
    for (const [name, commit] of [
      ['a', { sha: '../../x', subject: 's', dirty: false }],
      ['b', null],
    ] as const) {
      const path = out.file(`${name}.json`);
      await writeFile(path, JSON.stringify({ ...result, runId: name, commit }));
    }
    const { stdout } = await paceline(['compare', out.file('a.json'), out.file('b.json'), '--format', 'html'], out);
    assert.match(stdout, /^reports\/compare-[A-Za-z0-9._-]+\.html\n$/);
    assert.equal(dirname(join(reportsDir, '..', stdout.trim())), reportsDir);
  } finally {
    const made = (await readdir(reportsDir)).filter((name) => !before.has(name));
    for (const name of made.filter((one) => one.startsWith('compare-'))) await rm(join(reportsDir, name));
    await removeWorkspace(out);
  }
});

// test-lane: waits
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { reportsDir, resultsDir } from '../../src/run/paths.ts';
import { corpus, poisoned } from '../support/hostile.ts';
import { manyCommands } from '../support/many-commands.ts';
import { makeWorkspace, paceline, removeWorkspace, type Workspace } from '../support/paceline.ts';
import { sevenAtOneRate } from '../support/run-examples.ts';
import { scratchRepository, writeEcho } from '../support/scratch-repository.ts';

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
  ['report', folder, '--trend', '--format', 'text'],
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

describe('nothing that acts is printed by', () => {
  const run = manyCommands({ after });

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
        const { stdout, stderr, exitCode } = await run(words);
        assert.equal(exitCode, expectedExitCode(words), stderr.slice(0, 500));
        assert.notEqual(isWrong(words) ? stderr : stdout, '');
        assert.deepEqual([unprintableIn(stdout), unprintableIn(stderr)], [[], []]);
      },
    );
  }
});

const argument = text.replaceAll('\0', '').slice(0, 2_000);

/** Texts that a user, a target or a commit chooses, in commands that read no result file; with the exit code of each. */
const others: readonly (readonly [string, (places: Places) => readonly string[], number])[] = [
  ['load: a URL', () => ['load', argument, '--rate', '1'], 2],
  ['load: a header', () => ['load', 'http://127.0.0.1:9/', '--rate', '1', '--header', argument], 2],
  ['load: a body', () => ['load', 'http://127.0.0.1:9/', '--rate', '1', '--body', `@${argument}`], 2],
  ['load: a path', ({ good }) => ['load', `${good}/${argument}`, ...briefly], 0],
  ['load: an answer', ({ bad }) => ['load', bad, ...briefly, '--skip-preflight'], 1],
  ['load: a look before', ({ bad }) => ['load', bad, ...briefly], 3],
  ['load: what is no HTTP', ({ raw }) => ['load', raw, ...briefly], 3],
  ['capacity: a name', () => ['capacity', argument, '--slo', 'p99=5ms'], 2],
  ['capacity: an objective', () => ['capacity', 'crud-go', '--slo', argument], 2],
  ['capacity: a workload', () => ['capacity', 'crud-go', '--slo', 'p99=5ms', '--workload', argument], 2],
  ['workload: a name', () => ['workload', argument], 2],
  ['calibrate: a rate', () => ['calibrate', '--rate', argument], 2],
  ['run: a scenario', () => ['run', argument], 2],
  ['run: a place', () => ['run', 'smoke', '--impls', argument], 2],
  ['fuzz: a name', () => ['fuzz', argument], 2],
  ['doctor: a database', () => ['doctor'], 3],
  ['ci: a base', ({ repository }) => ['ci', '--repo', repository, '--base', argument], 2],
  ['ci: a repository', () => ['ci', '--repo', argument], 2],
  ['ci: a policy', () => ['ci', '--policy', argument], 2],
  [
    'ci: the subject of a commit',
    ({ repository }) => ['ci', '--repo', repository, '--base', 'HEAD~1', '--scenario', 'known-answers'],
    0,
  ],
];
const briefly = ['--rate', '20', '--duration', '0.2'];

interface Places {
  readonly good: string;
  readonly bad: string;
  readonly raw: string;
  readonly repository: string;
}

describe('nothing that acts is printed by', { concurrency: 2 }, () => {
  let places: Places;
  let space: Workspace;
  const servers: Server[] = [];
  const serve = async (answer: string) => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).on('data', () => socket.write(answer, 'latin1')),
    );
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  before(async () => {
    space = await makeWorkspace();
    const repository = await scratchRepository(space.file('repo'));
    await writeEcho(repository, 'echo-a');
    repository.commit('first');
    await repository.write('README.md', 'words');
    repository.commit(argument);
    const bytes = Buffer.from(argument).toString('latin1');
    const line = bytes.replaceAll(/[\r\n]/g, ' ');
    places = {
      good: await serve('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      bad: await serve(`HTTP/1.1 500 ${line}\r\nX-${'a'}: ${line}\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`),
      raw: await serve(`${bytes}\r\n\r\n`),
      repository: repository.dir,
    };
  });
  after(async () => {
    for (const server of servers) server.close();
    await removeWorkspace(space);
  });

  for (const [what, wordsOf, expected] of others) {
    test(what, async () => {
      const env = {
        ...space.env,
        DATABASE_URL: what.startsWith('doctor') ? `postgres://${argument}` : '',
        GITHUB_BASE_REF: '',
      };
      const { stdout, stderr, exitCode } = await paceline(wordsOf(places), { env });
      assert.equal(exitCode, expected, stderr.slice(0, 600));
      assert.notEqual(stdout + stderr, '');
      assert.deepEqual([unprintableIn(stdout), unprintableIn(stderr)], [[], []]);
      assert.doesNotMatch(stderr, /\n\s+at /);
    });
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

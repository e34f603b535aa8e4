// test-lane: waits
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { RunComparison } from '../../src/model/comparison.ts';
import type { Trial, TrialSpec } from '../../src/model/trial.ts';
import { readResult, writeResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  type Finished,
  makeWorkspace,
  type RunningPaceline,
  removeWorkspace,
  startPaceline,
  type Workspace,
  workspace,
} from '../support/paceline.ts';
import { scratchRepository, writeEcho } from '../support/scratch-repository.ts';

/** A verdict from three pairs: the real policy needs six at least, and this is not about the statistics. */
const hasty = `export const gate = {
  alpha: 0.25, informativeAlpha: 0.01, intervalLevelRatio: 0.7, informativeMinEffectRatio: 0.5, primary: {},
  metrics: { 'cpu-per-request': { minEffectRatio: 0.5, control: null } },
  errors: { minMoreCount: 3, alpha: 0.01 },
};`;

const emptyLock = {
  name: 'words',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': { name: 'words', version: '1.0.0' } },
};

/** What all tests start from, made once: each works on a copy, so that they can run side by side. */
let fixture: Workspace;

/** main: echo-a, echo-b, echo-c, echo-wrong; work: a slower, b as it was, c gone, d new, wrong answers wrongly. */
before(async () => {
  fixture = await makeWorkspace();
  await writeFile(fixture.file('gate.ts'), hasty);
  const repository = await scratchRepository(fixture.file('repo'));
  for (const id of ['echo-a', 'echo-b', 'echo-c', 'echo-wrong']) await writeEcho(repository, id);
  await writeEcho(repository, 'echo-unbuilt', { build: [['sh', '-c', 'echo "no such header: echo.h"; exit 7']] });
  repository.commit('first');
  repository.git('checkout', '--quiet', '-b', 'work');
  await writeEcho(repository, 'echo-a', { burnMs: 15 });
  await writeEcho(repository, 'echo-d');
  await writeEcho(repository, 'echo-unbuilt');
  await writeEcho(repository, 'echo-wrong', { answer: 'ko' });
  await repository.remove('impls/echo-c');
  repository.commit('slower');
});
after(() => removeWorkspace(fixture));

interface Outcome extends Finished {
  readonly comparison: RunComparison;
}

/** A rate that a busy machine holds too. */
const short = ['--scenario', 'known-answers', '--rate', '20', '--duration', '0.5', '--warmup', '4', '--attempts', '1'];

/** A workspace with a repository of its own, gone after the test. */
async function ownPlace(context: Pick<TestContext, 'after'>) {
  const space = await workspace(context);
  await cp(fixture.file('repo'), space.file('repo'), { recursive: true });
  await cp(fixture.file('gate.ts'), space.file('gate.ts'));
  const repository = await scratchRepository(space.file('repo'));
  /** Not a pull request, wherever the tests run. */
  const surroundings = (baseRef = '') => ({ ...space, env: { ...space.env, GITHUB_BASE_REF: baseRef } });

  function started(name: string, ...more: string[]): RunningPaceline {
    const places = [
      ...(more.includes('--repo') ? [] : ['--repo', repository.dir]),
      '--policy',
      space.file('gate.ts'),
      '--out',
      space.file(`results-${name}`),
    ];
    const own = more.includes('--scenario') ? short.slice(2) : short;
    return startPaceline(['ci', ...places, ...own, ...more], surroundings());
  }

  /** Whatever the way it ends: no process, control group, temporary file, registry entry or worktree stays. */
  async function ended(running: RunningPaceline): Promise<Finished> {
    const finished = await running.finished;
    assert.deepEqual(leftovers(running.pid, space), [], finished.stderr);
    assert.deepEqual(repository.git('worktree', 'list').split('\n').length, 1);
    assert.deepEqual(await readdir(join(space.cacheDir, 'worktrees')).catch(() => []), []);
    return finished;
  }

  async function ci(name: string, ...more: string[]): Promise<Outcome> {
    const finished = await ended(started(name, '--json', ...more));
    return { ...finished, comparison: finished.stdout === '' ? null : JSON.parse(finished.stdout) };
  }

  async function filesOf(name: string): Promise<string[]> {
    const [machine = ''] = await readdir(space.file(`results-${name}`));
    const names = await readdir(space.file(`results-${name}/${machine}`));
    return names.sort().map((file) => space.file(`results-${name}/${machine}/${file}`));
  }

  return { space, repository, surroundings, started, ended, ci, filesOf };
}

/** The trials of a file again and again as good ones of nine pairs: fewer are no floor, and to measure so many would prove no more. */
async function asNinePairs(path: string): Promise<void> {
  const result = await readResult(path);
  const trials = Array.from({ length: 9 }, (_, index) => {
    const { spec, startedAt, measurement, warnings } = result.trials[index % result.trials.length] as Trial;
    const pair = { sessionId: spec.pair?.sessionId ?? '', number: index + 1 };
    const own: TrialSpec = { ...spec, repetition: index + 1, position: index, pair };
    assert.ok(measurement);
    return { status: 'ok', spec: own, startedAt, measurement, warnings, latencyDiscarded: false } as const;
  });
  await writeResult(path, { ...result, trials, plannedTrialCount: trials.length });
}

function verdictOf({ comparison }: Outcome, id: string) {
  return comparison.comparisons.find((one) => one.id === id);
}

describe('ci', { concurrency: 3 }, () => {
  test('what the change made slower is found, confirmed by fresh pairs, and kept so that compare says the same', async (context) => {
    const { space, ci, filesOf } = await ownPlace(context);
    const found = await ci('slower', '--impl', 'echo-a', '--pairs', '5');
    assert.equal(found.exitCode, 1, found.stderr);
    const cpu = verdictOf(found, 'echo-a/echo/warm/20/cpu-per-request');
    assert.equal(cpu?.verdict.kind, 'worse');
    assert.equal(cpu?.confirmation, 'confirmed');
    assert.match(found.stderr, /5 pairs of 1 implementation: about \d+ s after building/);
    assert.match(found.stderr, /\[1\/10\] echo-a, pair 1, (base|head): .* left\)/);
    const files = await filesOf('slower');
    assert.equal(files.length, 4);
    const [base = '', head = ''] = ['-ci-base.json', '-ci-head.json'].map((end) =>
      files.find((file) => file.endsWith(end)),
    );
    const { trials, command } = await readResult(head);
    assert.match(command, /^npm run bench -- ci --impl 'echo-a' .* --pairs 5 --attempts 1 --policy '.*gate\.ts'$/);
    assert.match(
      found.stderr,
      /replay: npm run bench -- compare .*-ci-base\.json .*-ci-head\.json --policy '.*gate\.ts'\n/,
    );
    assert.deepEqual(
      trials.map(({ spec }) => spec.pair?.number),
      [1, 2, 3, 4, 5],
    );
    const replayed = await startPaceline(['compare', base, head, '--gate', '--policy', space.file('gate.ts')], space)
      .finished;
    assert.equal(replayed.exitCode, 1);
    assert.match(replayed.stdout, /^Worse: CPU per request of echo-a, echo at 20\/s, \+/);
  });

  test('only what the change touches is measured; added and removed are reported, wrong is worse and ends in 1', async (context) => {
    const { ci } = await ownPlace(context);
    const found = await ci('affected', '--impl', 'echo-[cd]', '--impl', 'echo-wrong', '--pairs', '1');
    assert.equal(verdictOf(found, 'echo-c/echo/warm/20/errors')?.verdict.kind, 'removed');
    assert.equal(verdictOf(found, 'echo-d/echo/warm/20/errors')?.verdict.kind, 'added');
    const wrong = verdictOf(found, 'echo-wrong/echo/warm/20/errors');
    assert.match(wrong?.verdict.reason ?? '', /head no longer keeps its contract/);
    assert.equal(found.exitCode, 1);
  });

  test('a base that does not build ends in 3 with what its tool printed, and is no regression', async (context) => {
    const { space, ci } = await ownPlace(context);
    const [markdown, page] = [space.file('unbuilt.md'), space.file('unbuilt.html')];
    const places = ['--markdown', markdown, '--html', page];
    const found = await ci('unbuilt', '--impl', 'echo-unbuilt', '--pairs', '1', ...places);
    assert.equal(found.exitCode, 3);
    assert.match(found.stderr, /no such header: echo\.h/);
    assert.match(found.stderr, /base does not build echo-unbuilt/);
    assert.match(found.comparison.outcome.summary, /could not be built in base/);
    assert.match(await readFile(markdown, 'utf8'), /```text\nno such header: echo\.h\n```/);
    assert.match(await readFile(page, 'utf8'), /no such header: echo\.h/);
  });

  test('a change that touches no implementation measures and installs nothing, and says so wherever asked', async (context) => {
    const { space, repository, ci } = await ownPlace(context);
    repository.git('checkout', '--quiet', '-b', 'docs', 'main');
    await repository.write('README.md', 'more words');
    await repository.write('package.json', '{ "name": "words", "version": "1.0.0" }');
    await repository.write('package-lock.json', JSON.stringify(emptyLock));
    const sha = repository.commit('words');
    try {
      const [markdown, page] = [space.file('nothing.md'), space.file('nothing.html')];
      const docs = await ci('docs', '--markdown', markdown, '--html', page);
      assert.equal(docs.exitCode, 0);
      const { outcome, comparisons, head } = docs.comparison;
      assert.match(
        outcome.summary,
        /^No implementation is affected by [0-9a-f]{10} → [0-9a-f]{10} \(5 unchanged: echo-a, /,
      );
      assert.deepEqual([outcome.kind, comparisons, head.commit?.sha], ['no-regression', [], sha.slice(0, 10)]);
      for (const path of [markdown, page])
        assert.match(await readFile(path, 'utf8'), /No implementation is affected by /);
      assert.doesNotMatch(docs.stderr, /npm ci/);
      const measured = await ci('docs', '--impl', 'echo-b', '--pairs', '1');
      assert.match(measured.stderr, /head: npm ci \(.*repo has no node_modules\)/);
    } finally {
      repository.git('checkout', '--quiet', 'work');
    }
  });

  test('an implementation that only head has is reported, without pairs', async (context) => {
    const { ci } = await ownPlace(context);
    const { stderr } = await ci('added', '--impl', 'echo-d');
    assert.match(stderr, /no pair can be made: base and head have none of echo-d in common/);
    assert.doesNotMatch(stderr, /about 0 ms|pairs? of 1/);
  });

  test('an A/A run is kept for the noise floor of the next run, which writes Markdown and page', async (context) => {
    const { space, ci, filesOf } = await ownPlace(context);
    const found = await ci('floor', '--aa', '--head', 'main', '--impl', 'echo-b', '--pairs', '4');
    assert.equal(found.exitCode, 0, found.stderr);
    assert.ok(found.comparison.warnings.some(({ code }) => code === 'same-commit'));
    assert.deepEqual(
      (await filesOf('floor')).map((file) => file.replace(/.*-aa-/, '')),
      ['base.json', 'head.json'],
    );
    for (const file of await filesOf('floor')) await asNinePairs(file);
    const [markdown, page] = [space.file('ci.md'), space.file('ci.html')];
    const next = await ci('floor', '--impl', 'echo-b', '--pairs', '1', '--markdown', markdown, '--html', page);
    assert.ok(next.comparison.warnings.some(({ code }) => code === 'baseline-used'));
    assert.notEqual(verdictOf(next, 'echo-b/echo/warm/20/cpu-per-request')?.noiseFloorRatio, null);
    assert.match(next.stderr, /pairs spread by \d+(\.\d+)? % \(1 A\/A run\): so few can decide nothing/);
    assert.match(await readFile(markdown, 'utf8'), /echo-b, echo at 20\/s/);
    assert.match(await readFile(page, 'utf8'), /<!doctype html>/i);
  });

  test('uncommitted work is measured where asked, new files and deleted ones too', async (context) => {
    const { repository, ci } = await ownPlace(context);
    await writeEcho(repository, 'echo-e');
    await repository.remove('impls/echo-d');
    try {
      const found = await ci('dirty', '--base', 'work', '--head', 'worktree', '--pairs', '1');
      assert.equal(verdictOf(found, 'echo-e/echo/warm/20/errors')?.verdict.kind, 'added');
      assert.equal(verdictOf(found, 'echo-d/echo/warm/20/errors')?.verdict.kind, 'removed');
      assert.equal(found.comparison.head.commit?.dirty, true);
      assert.equal(found.exitCode, 0);
    } finally {
      repository.git('checkout', '--quiet', '.');
      repository.git('clean', '-fdq');
    }
  });

  test('Ctrl-C half-way compares the pairs so far, marks them cut short and leaves nothing behind', async (context) => {
    const { started, ended, filesOf } = await ownPlace(context);
    const running = started('cut', '--impl', 'echo-b', '--pairs', '9');
    await running.line(/^\[3\/18\]/);
    running.interrupt();
    const { exitCode, stdout, stderr } = await ended(running);
    assert.equal(exitCode, 130);
    assert.match(stdout, /^Cut short\. /);
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /base was cut short after \d of 9 planned trials: what there is, is compared/i,
    );
    assert.match(stderr, /interrupted by SIGINT/);
    for (const file of await filesOf('cut')) assert.equal((await readResult(file)).state, 'interrupted');
  });

  test('Ctrl-C before the first pair is whole writes no result file and no verdict', async (context) => {
    const { space, started, ended } = await ownPlace(context);
    const running = started('none', '--impl', 'echo-b', '--pairs', '2');
    await running.line(/^\[1\/4\]/);
    running.interrupt();
    const { exitCode, stdout, stderr } = await ended(running);
    assert.deepEqual([exitCode, stdout], [130, '']);
    assert.match(stderr, /interrupted by SIGINT; everything was cleaned up\n$/);
    assert.equal(existsSync(space.file('results-none')), false);
  });

  test('Ctrl-C before fresh pairs leaves what was flagged unconfirmed, and is no regression', async (context) => {
    const { started, ended } = await ownPlace(context);
    const running = started('open', '--json', '--impl', 'echo-a', '--pairs', '9');
    await running.line(/^\[10\/18\]/);
    running.interrupt();
    const finished = await ended(running);
    assert.equal(finished.exitCode, 130);
    const comparison: RunComparison = JSON.parse(finished.stdout);
    assert.equal(comparison.outcome.kind, 'undecidable');
    assert.match(comparison.outcome.summary, /^Worse, not confirmed \(cut short\): CPU per request of echo-a/);
    assert.match(finished.stderr, / worse, not confirmed \(cut short\)\n/);
  });

  test('Ctrl-C while it is laid out and built leaves nothing behind', async (context) => {
    const { started, ended } = await ownPlace(context);
    for (const moment of [/^ {2}echo-b: /, /^preparing base/]) {
      const running = started('early', '--impl', 'echo-b', '--pairs', '2');
      await running.line(moment);
      running.interrupt();
      assert.equal((await ended(running)).exitCode, 130);
    }
  });

  test('a killed run leaves its worktrees in the cleanup registry, and the next run removes them', async (context) => {
    const { space, started, ended } = await ownPlace(context);
    const running = started('killed', '--impl', 'echo-b', '--pairs', '9');
    await running.line(/^\[1\/18\]/);
    running.signal('SIGKILL');
    await running.finished;
    assert.equal((await readdir(join(space.cacheDir, 'worktrees'))).length, 2);
    const { stderr } = await ended(started('killed', '--impl', 'echo-b', '--pairs', '1'));
    assert.match(stderr, /cleaned up \d+ leftovers of a run that was killed/);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown base', ['--base', 'nowhere'], /there is no revision "nowhere"/],
    ['an unknown implementation', ['--impl', 'echo-z'], /unknown implementation "echo-z"/],
    ['a head on the default branch', ['--head', 'main'], /is part of main: there is nothing to compare it with/],
    [
      'one commit as base and head',
      ['--base', 'main', '--head', 'main'],
      /are the same commit \([0-9a-f]{10}\): .*\n.*--aa/,
    ],
    ['an unknown scenario, whatever the base', ['--base', 'nowhere', '--scenario', 'known-answrs'], /unknown scenario/],
    ['a folder that neither commit has', ['--impls', 'nowhere'], /--impls nowhere: neither base .* nor head/],
    ['two ways to say how many', ['--pairs', '3', '--time-budget', '5m'], /--pairs and --time-budget both say/],
    ['a folder outside git', ['--repo', '/'], /is no git working tree/],
    ['a folder that is not there', ['--repo', '/nowhere'], /nowhere is no git working tree: there is no such folder\n/],
    ['a base beside --aa', ['--aa', '--base', 'main'], /--aa measures the head against itself/],
    [
      'a budget for nothing',
      ['--impl', 'echo-b', '--time-budget', '5s'],
      /room for \d pairs of echo-b, and 7 are the least/,
    ],
    ['a duration that is none', ['--time-budget', '5'], /must be a duration such as 90s/],
  ];
  for (const [what, args, message] of refused) {
    test(`${what} is a usage error with its remedy`, async (context) => {
      const { started, ended } = await ownPlace(context);
      const { exitCode, stderr } = await ended(started('refused', ...args));
      assert.doesNotMatch(stderr, /preparing/);
      assert.match(stderr, message);
      assert.match(stderr, /\nRemedy: |error: option/);
      assert.equal(exitCode, 2);
    });
  }

  test('a pull request whose base was not fetched gets the remedy, and no other branch is compared', async (context) => {
    const { space, repository, surroundings } = await ownPlace(context);
    const args = ['ci', '--repo', repository.dir, '--out', space.file('results-gone'), ...short];
    const { exitCode, stderr } = await startPaceline(args, surroundings('gone')).finished;
    assert.match(stderr, /base origin\/gone \(GITHUB_BASE_REF\) is not known here\nRemedy: .*fetch-depth: 0/);
    assert.equal(exitCode, 2);
  });

  test('a shallow clone gets the command that fetches the history', async (context) => {
    const { space, repository } = await ownPlace(context);
    const clone = space.file('shallow');
    repository.git('clone', '--quiet', '--depth', '1', '--branch', 'work', `file://${repository.dir}`, clone);
    const { exitCode, stderr } = await startPaceline(['ci', '--repo', clone, '--base', 'main'], space).finished;
    assert.match(
      stderr,
      /the clone is shallow and has no revision "main"\nRemedy: fetch all of it: `git fetch --unshallow`/,
    );
    assert.equal(exitCode, 2);
  });
});

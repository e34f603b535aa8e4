// test-lane: waits
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { type Finished, makeWorkspace, paceline, removeWorkspace, type Workspace } from '../support/paceline.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { runTool, skipUnless } from '../support/tool.ts';

const cpu = 'crud-go/history/warm/100/cpu-per-request';

/** Everything that the command line may be given, written once. */
let space: Workspace;
before(async () => {
  space = await makeWorkspace();
  const { base, head } = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.06 });
  const calm = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1 }, { seed: 2 });
  const single = pairedRuns(1, { cpuFactor: 1 }, { cpuFactor: 2 });
  const text = JSON.stringify(head);
  const files: Record<string, RunResult | string> = {
    'base.json': base,
    'head.json': { ...head, commit: { sha: 'f'.repeat(40), subject: 'slower | <b>', dirty: true } },
    'calm-base.json': calm.base,
    'calm-head.json': calm.head,
    'one-base.json': single.base,
    'one-head.json': single.head,
    'elsewhere.json': { ...head, machine: { ...head.machine, id: 'm-other', cpuModel: 'Another CPU' } },
    'cut.json': text.slice(0, text.length / 2),
    'nan.json': text.replace(/"perRequestMs":[\d.]+/, '"perRequestMs":NaN'),
    'null.json': text.replace(/"coresUsed":[\d.]+/, '"coresUsed":null'),
    'zero.json': JSON.stringify(head, (key, value) => (key === 'perRequestMs' ? 0 : value)),
    'gate.ts': 'export const gate = { alpha: 2 };\n',
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(space.file(name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  await mkdir(space.file('empty'));
  await mkdir(space.file('mixed'));
  await writeFile(space.file('mixed/a.json'), JSON.stringify(base));
  await writeFile(space.file('mixed/b.json'), await readFile(space.file('head.json')));
  await mkdir(space.file('two'));
  for (const part of [1, 2]) {
    const half = {
      ...calm.head,
      runId: `part-${part}`,
      trials: calm.head.trials.filter((_, index) => index % 2 === part - 1),
    };
    await writeFile(space.file(`two/${part}.json`), JSON.stringify(half));
  }
});
after(() => removeWorkspace(space));

function compare(...args: string[]): Promise<Finished> {
  const files = args.map((arg) => (/^\w[\w/-]*\.(json|ts)$|^(empty|mixed|two)$/.test(arg) ? space.file(arg) : arg));
  return paceline(['compare', ...files], space);
}

describe('compare', { concurrency: 2 }, () => {
  test('reports a regression in one sentence and a table, and ends in 1 only under the gate', async () => {
    const shown = await compare('base.json', 'head.json');
    assert.match(shown.stdout, /^Worse: CPU per request of crud-go, history at 100\/s, \+6\.\d % \[\+/);
    assert.match(shown.stdout, /CPU per request, ms +0\.50 +0\.53 +\+6\.\d % .* worse\n +certainly above \+\d/);
    assert.equal(shown.exitCode, 0);
    assert.equal((await compare('base.json', 'head.json', '--gate')).exitCode, 1);
    assert.equal((await compare('base.json', 'head.json', '--gate', '--min-effect', '10%')).exitCode, 0);
    assert.equal((await compare('calm-base.json', 'calm-head.json', '--gate')).exitCode, 0);
  });

  test('pools the files of a folder, pairs and all', async () => {
    const { stdout, exitCode } = await compare('calm-base.json', 'two', '--format', 'json');
    const found = JSON.parse(stdout).comparisons.find(({ id }: { id: string }) => id === cpu);
    assert.equal(found.change.method, 'paired');
    assert.equal(found.change.count, 12);
    assert.equal(exitCode, 0);
  });

  const nothing: readonly (readonly [string, string, string, RegExp])[] = [
    ['another machine', 'base.json', 'elsewhere.json', /machine\.id differs: base "m-live", head "m-other"/],
    ['one pair', 'one-base.json', 'one-head.json', /1 pair can never reach p 0\.05/],
    ['the same file twice', 'base.json', 'base.json', /base and head are the same run/],
  ];
  for (const [what, base, head, sentence] of nothing) {
    test(`${what}: nothing could be decided, 3`, async () => {
      const { stdout, exitCode } = await compare(base, head, '--gate');
      assert.match(stdout.replaceAll(/\s+/g, ' '), /^Nothing could be decided: /);
      assert.match(stdout.replaceAll(/\s+/g, ' '), sentence);
      assert.equal(exitCode, 3);
    });
  }

  test('a value of 0 is reported, and the other metrics are compared', async () => {
    const { stdout, exitCode } = await compare('base.json', 'zero.json');
    assert.match(stdout, /it fell to 0, and a value of 0 has no ratio/);
    assert.equal(exitCode, 0);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a corrupt file', ['base.json', 'cut.json'], /cut\.json is not whole JSON/],
    ['a NaN', ['base.json', 'nan.json'], /nan\.json is not whole JSON/],
    ['a number that is null', ['null.json', 'base.json'], /trials\.0\.measurement\.cpu\.target\.coresUsed/],
    ['a file that is not there', ['base.json', 'none.json'], /cannot read .*none\.json/],
    ['an empty folder', ['base.json', 'empty'], /there is no result file below .*empty/],
    ['a folder of several commits', ['mixed', 'head.json'], /several commits \(0123abcdef, ffffffffff\)/],
    ['a policy that is none', ['base.json', 'head.json', '--policy', 'gate.ts'], /no gate policy: alpha/],
    ['an unknown format', ['base.json', 'head.json', '--format', 'benchsat'], /did you mean "benchstat"/],
    ['an effect that is none', ['base.json', 'head.json', '--min-effect', '0'], /percentage above 0/],
    ['a day that is none', ['base.json', 'head.json', '--until', '2026-02-30'], /must be a day/],
    ['a waiver without a reason', ['base.json', 'head.json', '--waive', cpu], /needs --reason and --until/],
    [
      'a waiver of nothing',
      [
        'base.json',
        'head.json',
        '--waive',
        'crud-go/hist',
        '--reason',
        'r',
        '--until',
        '2999-01-01',
        '--waivers',
        'w.json',
      ],
      /unknown cell "crud-go\/hist"/,
    ],
    [
      'a waiver that is over',
      ['base.json', 'head.json', '--waive', cpu, '--reason', 'r', '--until', '2001-01-01'],
      /2001-01-01 is over/,
    ],
  ];
  for (const [what, args, message] of refused) {
    test(`${what} is a usage error that names it`, async () => {
      const { stdout, stderr, exitCode } = await compare(...args);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
    });
  }

  test('a waiver is written to its file, lets the change through and is seen', async () => {
    const file = space.file('waivers.json');
    const wish = ['--waive', 'crud-go/history', '--reason', 'TLS came in', '--until', '2999-12-31'];
    const { stdout, stderr, exitCode } = await compare('base.json', 'head.json', '--gate', '--waivers', file, ...wish);
    assert.equal(exitCode, 0);
    assert.match(stderr, /waived crud-go\/history until 2999-12-31/);
    assert.match(stdout, /worse\n +certainly above .*; waived until 2999-12-31: TLS came in/);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), [
      { cell: 'crud-go/history', reason: 'TLS came in', until: '2999-12-31' },
    ]);
    const again = await compare('base.json', 'head.json', '--gate', '--waivers', file, '--format', 'markdown');
    assert.match(again.stdout, /waived until 2999-12-31/);
    assert.equal(again.exitCode, 0);
  });

  test('explain shows rule, pairs, trials and noise of a verdict, and suggests a cell', async () => {
    const explain = (cell: string) =>
      paceline(['explain', cell, space.file('base.json'), space.file('head.json')], space);
    const { stdout, exitCode } = await explain(cpu);
    assert.equal(exitCode, 0);
    assert.match(stdout, /why: the interval lies beyond no change, the estimate is at least 2\.5 %/);
    assert.equal(stdout.match(/^ +(base|head) +pair \d+ +ok +yes/gm)?.length, 24);
    assert.match(stdout, /slowdown +steal/);
    assert.match(stdout, /12 of 12 went up \(sign test, one-sided: up 0\.0002, down 1\.00\)/);
    const mistaken = await explain('crud-og');
    assert.equal(mistaken.exitCode, 2);
    assert.match(mistaken.stderr, /unknown cell "crud-og"/);
  });

  test('the page is written where asked, offline, with each change drawn', async () => {
    const page = space.file('page.html');
    const { stdout } = await compare('base.json', 'head.json', '--format', 'html', '--out', page);
    assert.equal(stdout.trim(), page);
    const html = await readFile(page, 'utf8');
    assert.match(html, /<svg class="forest worse".*aria-label="CPU per request \+6/);
    assert.match(html, /slower \| &lt;b&gt;/);
    assert.doesNotMatch(html, /<(img|iframe|script src|object)|url\(|@import|\sstyle="/);
  });

  test('benchstat reads the export and sees the same change', {
    skip: skipUnless('go', 'version'),
    timeout: 180_000,
  }, async () => {
    const file = space.file('go.txt');
    await compare('base.json', 'head.json', '--format', 'benchstat', '--out', file);
    const benchstat = ['run', 'golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da'];
    const table = runTool(['go', ...benchstat, '-col', 'side', file], join(space.dir, 'empty'));
    assert.match(table, /History\/impl=crud-go\/warm\/rate=100 .*\+6\.\d+% \(p=0\.000 n=12\)/);
    assert.match(table, /memory-idle-B.*\n.*30\.00Mi ± 0% +30\.00Mi ± 0% +~ /);
  });
});

// test-lane: waits
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { countOrZero, halfWidthOption, limitOption, positiveCount, rateList } from '../../src/cli/options.ts';
import { rootDir } from '../../src/run/paths.ts';
import { paceline } from '../support/paceline.ts';

test('a limit names cores and memory in the units people use', () => {
  assert.deepEqual(limitOption('cpu=2,memory=4GiB'), { cpuCount: 2, memoryBytes: 4 * 2 ** 30 });
  assert.deepEqual(limitOption('memory=500MB'), { cpuCount: null, memoryBytes: 5e8 });
});

test('a limit of something else, or of no size, is refused', () => {
  assert.throws(() => limitOption('disk=1'), InvalidArgumentError);
  assert.throws(() => limitOption('memory=lots'), InvalidArgumentError);
  assert.throws(() => limitOption('memory=4'), InvalidArgumentError);
  assert.throws(() => limitOption('cpu=0'), InvalidArgumentError);
});

test('rates are a list of numbers above 0, with fractions', () => {
  assert.deepEqual(rateList('0.2,25,100'), [0.2, 25, 100]);
  assert.throws(() => rateList('25,1e9'), /at most 100000/);
  for (const text of ['', '25,', '0', '-1', 'Infinity', 'fast'])
    assert.throws(() => rateList(text), InvalidArgumentError);
});

test('counts are whole', () => {
  assert.throws(() => positiveCount('1.5'), InvalidArgumentError);
  assert.equal(countOrZero('0'), 0);
  assert.throws(() => countOrZero('-1'), InvalidArgumentError);
});

test('a half-width has its unit, and is no more than the whole', () => {
  assert.equal(halfWidthOption('7.5%'), 0.075);
  for (const text of ['0%', '200%', '5', '0.05', '-5%', 'narrow', '']) {
    assert.throws(() => halfWidthOption(text), InvalidArgumentError);
  }
});

describe('flags of requests are refused where only primitives are measured', { concurrency: 2 }, () => {
  for (const args of [
    ['run', 'primitives', '--rate', '5', '--duration', '3'],
    ['run', 'quick', '--impl', 'primitives-node', '--rate', '5', '--duration', '3'],
  ]) {
    test(args.join(' '), async () => {
      const { stderr, exitCode } = await paceline(args);
      assert.match(stderr, /^paceline: --rate and --duration cannot be used here: only primitives are measured/);
      assert.equal(exitCode, 2);
    });
  }
});

const kept = join(rootDir, 'test/fixtures/results/v3-quick.json');

describe('a flag that would be ignored, or names nothing, is refused at once', { concurrency: 2 }, () => {
  for (const [args, message] of [
    [['report', kept, '--format', 'text', '--out', 'page.txt'], /--out goes with --format html alone/],
    [
      ['run', 'quick', '--impl', 'crud-go', '--against', 'crud-rust'],
      /for --against "crud-rust"\nRemedy: .*known: crud-go$/m,
    ],
    [['run', 'quick', '--time-budget', '5m'], /--time-budget goes with --until/],
    [['run', 'quick', '--trials', '3', '--until', '5%'], /--trials and --until both say/],
    [['report', kept, '--vcpu-hour', '-1'], /--vcpu-hour.*must be a number, 0 or more/],
    [['report', kept, '--prices', 'no-such.json'], /no-such\.json does not hold prices: ENOENT/],
    [['report', 'results', '--trend', '--gib-hour', '1'], /a trend has no prices/],
    [['report', kept, '--json'], /--json goes with --trend/],
    [['report', kept, '--trend', '--format', 'markdown'], /--trend has no Markdown/],
    [['report', kept, '--site', 'public', '--trend'], /--site makes every page/],
    [['report', kept, '--site', 'public'], /--site needs a .* of results, and/],
    [['report', kept, '--details'], /--details goes with --format text/],
    [['report', kept, '--out', ''], /--out is empty/],
    [['run', 'smoke', '--impl', 'crud-node-async', '--out', ''], /--out is empty/],
    [['load', 'http://127.0.0.1:9/', '--rate', '1', '--hdr', ''], /--hdr is empty/],
    [
      ['load', 'http://127.0.0.1:9/', '--rate', '1', '--hdr', '/nonexistent/x.hgrm'],
      /there is no folder \/nonexistent/,
    ],
  ] as const) {
    test(args.slice(0, 1).concat(args.slice(-2)).join(' '), async () => {
      const { stderr, stdout, exitCode } = await paceline([...args]);
      assert.match(stderr, message);
      assert.equal(exitCode, message.source.includes('folder') ? 3 : 2);
      assert.equal(stdout, '');
    });
  }
});

test('prices come from a file, flags before it, and a wrong file is named with its field', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-prices-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'prices.json');
  const mine = {
    name: 'my provider',
    currency: 'EUR',
    perVcpuHour: 1,
    perGibHour: 0,
    machine: { vcpuCount: 4, memoryGib: 4 },
  };
  await writeFile(path, JSON.stringify(mine));
  const args = ['report', kept, '--format', 'markdown', '--prices', path];
  const { stdout } = await paceline([...args, '--gib-hour', '0.5']);
  assert.match(stdout, /Prices: my provider, changed by --gib-hour: 1 EUR per vCPU-hour, 0\.5 EUR per GiB-hour/);
  for (const [wrong, message] of [
    [{ ...mine, perVcpuHour: -1 }, /prices\.json does not hold prices: perVcpuHour: /],
    [{ ...mine, machine: { vcpuCount: 0, memoryGib: 4 } }, /machine\.vcpuCount: /],
    [[], /the top level: /],
  ] as const) {
    await writeFile(path, JSON.stringify(wrong));
    const { stderr, exitCode } = await paceline(args);
    assert.match(stderr, message);
    assert.equal(exitCode, 2);
  }
});

test('a damaged histogram is a damaged file, not a bug', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-histogram-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'damaged.json');
  await writeFile(path, (await readFile(kept, 'utf8')).replaceAll(/"HISTFAA[^"]*"/g, '"HISTFAAAAA"'));
  const { stderr, exitCode } = await paceline(['report', path, '--format', 'markdown']);
  assert.match(stderr, /a latency histogram of the result file is damaged/);
  assert.equal(exitCode, 2);
});

// test-lane: waits
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { schemaVersion } from '../../src/model/run-result.ts';
import { makeWorkspace, paceline, removeWorkspace, type Workspace } from '../support/paceline.ts';
import { okTrials, runResult } from '../support/run-result.ts';

let space: Workspace;
before(async () => {
  space = await makeWorkspace();
  const files = {
    'go.json': runResult({ runId: 'a', trials: okTrials(3) }),
    'node.json': runResult({ runId: 'b', trials: okTrials(3, { implementation: 'crud-node-async' }) }),
    'none.json': runResult({ runId: 'c', trials: [] }),
    'object.json': {},
    'package.json': { name: 'x', version: '1.0.0' },
  };
  for (const [name, content] of Object.entries(files)) await writeFile(space.file(name), JSON.stringify(content));
});
after(() => removeWorkspace(space));

describe('two results with nothing in common', { concurrency: 2 }, () => {
  const pairs = {
    'each of another implementation': [
      'go.json',
      'node.json',
      /no question in common \(base asked “crud-go, .*head asked “crud-node-async, /,
    ],
    'nothing in head': ['go.json', 'none.json', /head asked none of these/],
    'nothing in base': ['none.json', 'go.json', /base asked none of these/],
  } as const;
  for (const [what, [base, head, sentence]] of Object.entries(pairs)) {
    test(`${what}: nothing could be decided, 3`, async () => {
      const { stdout, exitCode } = await paceline(['compare', space.file(base), space.file(head)], space);
      assert.match(stdout.replaceAll(/\s+/g, ' '), /^Nothing could be decided: /);
      assert.match(stdout.replaceAll(/\s+/g, ' '), sentence);
      assert.equal(exitCode, 3);
    });
  }
});

describe('JSON that is no result gets one sentence', { concurrency: 2 }, () => {
  for (const name of ['object.json', 'package.json']) {
    for (const command of ['report', 'compare']) {
      test(`${command} ${name}`, async () => {
        const own = space.file(name);
        const { stderr, exitCode } = await paceline([command, own, ...(command === 'compare' ? [own] : [])], space);
        const [first, remedy] = stderr.trimEnd().split('\n');
        assert.equal(
          first,
          `paceline: ${own} is JSON, but no result file of paceline (schema version 1 to ${schemaVersion})`,
        );
        assert.match(remedy ?? '', /^Remedy: name a file that `run` or `ci` wrote/);
        assert.equal(exitCode, 2);
      });
    }
  }
});

test('an unknown cell is answered by the nearest few, one a line', async () => {
  const { stderr, exitCode } = await paceline(
    ['explain', 'crud-og/history', space.file('go.json'), space.file('go.json')],
    space,
  );
  const lines = stderr.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /unknown cell "crud-og\/history"/);
  assert.equal(lines.length, 8);
  for (const line of lines.slice(2, 7)) assert.match(line, /^ {2}crud-go\/history\/\S+$/);
  assert.match(lines[7] ?? '', /^ {2}and \d+ more: /);
  assert.equal(exitCode, 2);
});

test('the comparison says that base and head are one commit', async () => {
  const { stdout } = await paceline(['compare', space.file('go.json'), space.file('node.json')], space);
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    /Base and head are the same commit \(\w+\): whatever differs is noise\./,
  );
});

const slips: Readonly<Record<string, readonly [readonly string[], RegExp, number]>> = {
  'a reason without a waiver': [['--reason', 'TLS'], /--reason without --waive/, 2],
  'a day without a waiver': [['--until', '2099-01-31'], /--until without --waive/, 2],
  'too great a smallest effect': [['--min-effect', '500%'], /above 0 and at most 100/, 2],
};

describe('a wrong flag of compare is an error', { concurrency: 2 }, () => {
  for (const [what, [flags, reason, code]] of Object.entries(slips)) {
    test(what, async () => {
      const { stderr, exitCode } = await paceline(
        ['compare', space.file('go.json'), space.file('node.json'), ...flags],
        space,
      );
      assert.match(stderr, reason);
      assert.equal(exitCode, code);
    });
  }
});

test('compare makes no folder', async () => {
  const place = space.file('none/x.txt');
  const { stderr } = await paceline(['compare', space.file('go.json'), space.file('node.json'), '--out', place], space);
  assert.match(stderr, /cannot write .*: there is no folder .*none\n/);
  assert.equal(existsSync(space.file('none')), false);
});

test('the beginning of an id may end in a slash', async () => {
  const { stdout } = await paceline(['explain', 'crud-go/', space.file('go.json'), space.file('node.json')], space);
  assert.match(stdout, /id: crud-go\/history\/warm\/100\/errors/);
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of vectors are written as templates are
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readVectorFiles } from '../../src/conformance/vectors/contract-file.ts';
import { substitute } from '../../src/conformance/vectors/vector.ts';
import { HarnessError } from '../../src/model/harness-error.ts';

const health = { request: { method: 'GET', path: '/health' }, expect: { status: 200 } };

describe('a vector file', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'paceline-vectors-'));
  });
  afterEach(() => rm(dir, { recursive: true }));
  const write = (name: string, value: unknown) =>
    writeFile(path.join(dir, name), typeof value === 'string' ? value : JSON.stringify(value));
  const withSteps = (...steps: unknown[]) => ({ description: 'x', vectors: [{ name: 'the one', steps }] });
  async function problems(): Promise<string> {
    const error = await readVectorFiles(dir).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HarnessError, String(error));
    return error.message;
  }

  test('is read with its defaults, files sorted by name', async () => {
    await write('b.json', withSteps(health));
    await write('a.json', withSteps(health));
    const files = await readVectorFiles(dir);
    assert.deepEqual(
      files.map(({ file, exclusive, setup }) => [file, exclusive, setup]),
      [
        ['a.json', false, []],
        ['b.json', false, []],
      ],
    );
  });

  test('that is broken is named with file, vector, step and key; all at once', async () => {
    await write(
      'a.json',
      withSteps(
        { ...health, expect: { status: '200' } },
        { request: { method: 'GET', path: 'health' }, expect: { status: 200 } },
      ),
    );
    await write('b.json', withSteps({ requests: {} }));
    await write('c.json', '{"description": ');
    await write('d.json', withSteps({ ...health, request: { ...health.request, json: {}, text: 'x' } }));
    await write('e.json', withSteps({ ...health, colour: 'red' }));
    const message = await problems();
    assert.match(message, /a\.json: vectors › "the one" › steps › 0 › expect › status/);
    assert.match(message, /a\.json: vectors › "the one" › steps › 1 › request › path: a path starts with/);
    assert.match(message, /b\.json: vectors › "the one" › steps › 0: a step has one of the keys request, set, poll/);
    assert.match(message, /c\.json: .*JSON/);
    assert.match(message, /d\.json: .*at most one of json, text/);
    assert.match(message, /e\.json: .*colour/);
  });

  test('with an unknown matcher is an error before anything is sent', async () => {
    await write(
      'a.json',
      withSteps({ ...health, expect: { status: 200, json: { id: { $is: 'uid' }, n: { $matches: 'x' } } } }),
    );
    const message = await problems();
    assert.match(message, /unknown shape "uid"/);
    assert.match(message, /unknown matcher \$matches/);
  });

  test('an empty folder is refused: no check is not a passed check', async () => {
    assert.match(await problems(), /no vector file/);
  });
});

describe('variables', () => {
  test('are replaced once, names within names too', () => {
    const variables = { index: '3', 'file.3': 'abc', tricky: '$' + '{index}' };
    assert.equal(substitute('/files/${file.${index}}/x', variables), '/files/abc/x');
    assert.equal(substitute('${tricky}', variables), '${index}');
    assert.equal(substitute('${upper file.3}', variables), 'ABC');
  });

  test('unique is fresh at each place', () => {
    const [first, second] = substitute('${unique} ${unique}', {}).split(' ');
    assert.match(first ?? '', /^[a-z0-9]{12}$/);
    assert.notEqual(first, second);
  });

  test('that nothing has set are an error', () => {
    assert.throws(() => substitute('${absent}', {}), /nothing has set the variable absent/);
  });
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { allowedDifferences } from '../../../bench/crud/allowed-differences.ts';
import { routes } from '../../../bench/crud/fuzz/routes.ts';
import { fuzz } from '../../../bench/crud/fuzz.ts';
import { readRequestBytes } from '../../../src/model/request-bytes.ts';
import { createRandom } from '../../../src/stats/random.ts';

function cases(seed: number, count: number) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => fuzz.draw(random, index));
}

test('the same seed draws the same cases, another seed others', () => {
  assert.deepEqual(cases(1, 300), cases(1, 300));
  assert.notDeepEqual(cases(1, 300), cases(2, 300));
});

test('a short run reaches every class and every route of the contract', () => {
  const drawn = cases(1, 2_000);
  assert.equal(new Set(drawn.map((one) => one.class)).size, 32);
  const lines = new Set(drawn.flatMap(({ steps }) => steps.map(({ template }) => template.split(' HTTP')[0])));
  for (const line of [
    'GET /health',
    'POST /users',
    'POST /sessions',
    'DELETE /sessions/current',
    'GET /users/me',
    'GET /events',
    'POST /aggregations',
  ]) {
    assert.ok(lines.has(line), line);
  }
  for (const method of ['GET', 'PUT', 'DELETE']) {
    assert.ok(
      [...lines].some((line) => line?.startsWith(`${method} /files/$`)),
      method,
    );
  }
});

test('a template holds bytes, and no plain request is on the list of differences', () => {
  for (const { steps } of cases(3, 2_000)) {
    for (const { template } of steps) assert.ok([...template].every((char) => char.charCodeAt(0) <= 0xff));
  }
  const random = createRandom(1);
  for (const { draw, name } of routes) {
    const { method, target, headers } = draw(random);
    const request = readRequestBytes(
      `${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`.replaceAll(/\$\{[^}]*\}/g, 'x'),
    );
    assert.deepEqual(
      allowedDifferences.filter(({ applies }) => applies(request)).map(({ id }) => id),
      [],
      name,
    );
  }
});

test('the page on the bytes lists the same differences as the data, in the same order', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../bench/crud/bytes.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| .* \| (.*) \| .* \|$/gm)];
  const statuses = (entry: (typeof allowedDifferences)[number]) =>
    entry.mayAnswer.map((status) => (status === 'none' ? 'closed' : status)).join(', ');
  assert.deepEqual(
    rows.map(([, id, may]) => [id, may]),
    allowedDifferences.map((entry) => [entry.id, statuses(entry)]),
  );
});

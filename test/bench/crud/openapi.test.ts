import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { readVectorFiles } from '../../../src/conformance/vectors/contract-file.ts';
import type { Step } from '../../../src/conformance/vectors/vector.ts';

const folder = path.resolve(import.meta.dirname, '../../../bench/crud');
const text = await readFile(path.join(folder, 'openapi.yaml'), 'utf8');
const files = await readVectorFiles(path.join(folder, 'vectors'));

const document = parse(text) as { paths: Record<string, Record<string, { responses?: Record<string, unknown> }>> };
const methods = ['get', 'post', 'put', 'delete'];

/** `GET /files/{id} 404` of every answer the document knows. */
const documented = new Set(
  Object.entries(document.paths).flatMap(([route, operations]) =>
    methods.flatMap((method) =>
      Object.keys(operations[method]?.responses ?? {}).map((status) => `${method.toUpperCase()} ${route} ${status}`),
    ),
  ),
);

/** The document's path of a vector's, or null for a route the contract does not have. */
function routeOf(target: string): string | null {
  const found = target.replace(/\?.*/s, '').replace(/^\/(files|aggregations)\/(?!$)[^/]+(?=$|\/content$)/, '/$1/{id}');
  return found in document.paths ? found : null;
}

function answersOf(step: Step): string[] {
  const sent =
    'request' in step ? step.request : 'poll' in step ? step.poll : 'openStream' in step ? step.openStream : null;
  const request = sent ?? ('fillStreams' in step ? step.fillStreams : null);
  if (request === null || !('expect' in step)) return [];
  const route = routeOf(request.path);
  if (route === null || !methods.includes(request.method.toLowerCase())) return [];
  return [step.expect.status].flat().map((status) => `${request.method} ${route} ${status}`);
}

/** Of a step of raw bytes; what a parser may say to any route is no answer of one, so these need not be documented. */
function rawAnswersOf(step: Step): string[] {
  if (!('raw' in step)) return [];
  const [method = '', target = ''] = step.raw.lines[0]?.split(' ') ?? [];
  const route = routeOf(target);
  return route === null ? [] : [step.expect.status].flat().map((status) => `${method} ${route} ${status}`);
}

/** Of a method the route has, so that 405 of others is left out. */
function hasOperation(answer: string): boolean {
  const [method = '', route = ''] = answer.split(' ');
  return methods.includes(method.toLowerCase()) && document.paths[route]?.[method.toLowerCase()] !== undefined;
}

const steps = files.flatMap(({ setup, vectors }) => [...setup, ...vectors.flatMap((vector) => vector.steps)]);
const expected = new Set(steps.flatMap(answersOf));
const expectedRaw = new Set(steps.flatMap(rawAnswersOf));

describe('the crud service’s OpenAPI document', () => {
  test('is valid OpenAPI 3.1 with resolvable references', async () => {
    const validator = new Validator();
    const result = await validator.validate(parse(text));
    assert.deepEqual(result.errors ?? [], []);
    assert.equal(result.valid, true);
    assert.equal(validator.version, '3.1');
    validator.resolveRefs();
  });

  test('has the routes of contract.md, no more and no fewer', async () => {
    const contract = await readFile(path.join(folder, 'contract.md'), 'utf8');
    const inContract = [...contract.matchAll(/^\| `(GET|POST|PUT|DELETE) (\/[^`?]*)/gm)].map(
      ([, method, route]) => `${method} ${route}`,
    );
    const here = new Set([...documented].map((answer) => answer.replace(/ \d+$/, '')));
    assert.deepEqual([...here].sort(), inContract.sort());
  });

  test('knows every answer the vectors expect', () => {
    assert.deepEqual(
      [...expected].filter((answer) => hasOperation(answer) && !documented.has(answer)),
      [],
    );
  });

  test('has no answer that no vector expects, but 405 and a lost database’s 503', () => {
    const unexpected = [...documented].filter(
      (answer) => !/ (405|503)$/.test(answer) && !expected.has(answer) && !expectedRaw.has(answer),
    );
    assert.deepEqual(unexpected, []);
  });
});

describe('the crud service’s vectors', () => {
  test('are at least 140 checks', () => {
    const steps = files.flatMap(({ vectors }) => vectors.flatMap((vector) => vector.steps));
    const checkCount = steps.filter(
      (step) => 'expect' in step || 'expectStatuses' in step || 'expectEvent' in step,
    ).length;
    assert.ok(checkCount >= 140, `${checkCount}`);
  });

  test('have names of their own within a file', () => {
    for (const { file, vectors } of files) {
      const names = vectors.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, file);
    }
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetProblem } from '../../../impls/_node/crud/request-target.ts';

test('a path is matched as it was sent: escapes and dot segments name no route', () => {
  for (const url of ['/%68ealth', '/files/x%2Fcontent?y', '/files/.', '/files/..', '/./x', '/x/../y?z']) {
    assert.equal(targetProblem(url)?.type, 'not-found', url);
  }
});

test('a fragment is malformed wherever it stands', () => {
  for (const url of ['/health#x', '/files?limit=1#x', '/%68#'])
    assert.equal(targetProblem(url)?.type, 'malformed-request', url);
});

test('anything else is left to the router', () => {
  for (const url of ['/', '/health', '/files?name=%41', '/files/.x', '/files/x..', '//x', '*', '/a?../b']) {
    assert.equal(targetProblem(url), undefined, url);
  }
});

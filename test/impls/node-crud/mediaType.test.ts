import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJson, isMediaType } from '../../../impls/_node/crud/mediaType.ts';

const good = [
  'text/plain',
  'Application/Vnd.X+json',
  'text/plain;charset=utf-8',
  'text/plain \t; charset=utf-8 ; a=b',
  'a/b; c="d; e, \\" \\\\ f"',
  'a/b; c=""',
  `a/${'b'.repeat(125)}`,
];

const bad = [
  '',
  'text',
  'text/',
  '/plain',
  'text/plain;',
  'text/plain; charset',
  'text/plain; charset=',
  'text/plain; charset =utf-8',
  'text/plain; a="b',
  'text/plain; a="\u00e9"',
  'text/plain, text/html',
  'te xt/plain',
  'text/plain/x',
  `a/${'b'.repeat(126)}`,
];

for (const text of good) {
  test(`${text} is a media type`, () => assert.equal(isMediaType(text), true));
}

for (const text of bad) {
  test(`"${text}" is no media type`, () => assert.equal(isMediaType(text), false));
}

test('JSON is told by type and subtype alone, in any case', () => {
  assert.deepEqual(['application/json', 'APPLICATION/JSON; charset=utf-8'].map(isJson), [true, true]);
  assert.deepEqual(['application/json5', 'text/json', 'application/json;', ''].map(isJson), [
    false,
    false,
    false,
    false,
  ]);
});

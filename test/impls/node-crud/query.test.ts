import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../impls/_node/crud/problem.ts';
import { nextLink, readFileName, readPage } from '../../../impls/_node/crud/query.ts';

const id = '01a208e0-3b69-74ab-9773-37c8ecb90990';

function isInvalid(error: unknown): boolean {
  return error instanceof Problem && error.type === 'invalid';
}

test('a page has 20 files unless the query says otherwise', () => {
  assert.deepEqual(readPage(''), { limit: 20, after: undefined });
  assert.deepEqual(readPage(`limit=100&after=${id}`), { limit: 100, after: id });
});

test('a cursor is given back in lower case, and in a link that reads as the same page', () => {
  assert.deepEqual(readPage(`after=${id.toUpperCase()}`).after, id);
  const link = nextLink(7, id);
  assert.match(link, /^<\/files\?.+>; rel="next"$/);
  assert.deepEqual(readPage(link.slice(link.indexOf('?') + 1, link.indexOf('>'))), { limit: 7, after: id });
});

test('parameters that are not listed are ignored, however often they are given', () => {
  assert.equal(readPage('x=1&x=2&Limit=9&limit=3').limit, 3);
});

for (const query of [
  'limit=0',
  'limit=101',
  'limit=05',
  'limit=',
  'limit=1e1',
  'limit=%2B1',
  'limit=1&limit=1',
  'after=x',
  'after=',
]) {
  test(`the page ?${query} is invalid`, () => assert.throws(() => readPage(query), isInvalid));
}

test('a file name is decoded as UTF-8, with + for a space', () => {
  assert.equal(readFileName('name=caf%C3%A9+%26=x'), 'café &=x');
  assert.equal(readFileName(`name=${'%F0%9F%98%80'.repeat(63)}`).length, 126);
});

const badNames = [
  '',
  'name',
  'name=',
  'name=%00',
  'name=a%0Ab',
  'name=%7F',
  'name=%C2%9F',
  'name=%FF',
  'name=%E2%82',
  'name=%zz',
];
for (const query of [...badNames, 'name=a&name=a', 'na%6De=a&name=b', 'name=a&x=%FF', `name=${'a'.repeat(256)}`]) {
  test(`the file name ?${query.slice(0, 20)} is invalid`, () => assert.throws(() => readFileName(query), isInvalid));
}

test('a file name of 64 four-byte characters is a byte too long', () => {
  assert.throws(() => readFileName(`name=${'%F0%9F%98%80'.repeat(64)}`), isInvalid);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileCache } from '../../../impls/_node/crud/file-cache.ts';

const body = (length: number) => Buffer.alloc(length);

test('a body is found under its version only', () => {
  const cache = createFileCache(10);
  cache.set('a', 1, body(4));
  assert.equal(cache.get('a', 1)?.length, 4);
  assert.equal(cache.get('a', 2), undefined);
});

test('a newer version takes the place of the older', () => {
  const cache = createFileCache(10);
  cache.set('a', 1, body(6));
  cache.set('a', 2, body(10));
  assert.equal(cache.get('a', 1), undefined);
  assert.equal(cache.get('a', 2)?.length, 10);
});

test('the least recently read bodies leave when the bytes do not suffice', () => {
  const cache = createFileCache(10);
  cache.set('a', 1, body(4));
  cache.set('b', 1, body(4));
  cache.get('a', 1);
  cache.set('c', 1, body(6));
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => cache.get(id, 1)?.length),
    [4, undefined, 6],
  );
});

test('a body larger than the cache is not stored and evicts nothing', () => {
  const cache = createFileCache(10);
  cache.set('a', 1, body(10));
  cache.set('b', 1, body(11));
  assert.deepEqual([cache.get('a', 1)?.length, cache.get('b', 1)], [10, undefined]);
});

test('an empty body is cached', () => {
  const cache = createFileCache(10);
  cache.set('a', 1, body(0));
  assert.equal(cache.get('a', 1)?.length, 0);
});

test('a cache of no bytes stores nothing', () => {
  const cache = createFileCache(0);
  cache.set('a', 1, body(0));
  assert.equal(cache.get('a', 1), undefined);
});

test('a deleted body is gone', () => {
  const cache = createFileCache(10);
  cache.set('a', 1, body(4));
  cache.delete('a');
  assert.equal(cache.get('a', 1), undefined);
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { bearerSha256, newToken } from '../../../impls/_node/crud/token.ts';

test('a token is 32 bytes in base64url, kept as the SHA-256 of its text', () => {
  const { text, sha256 } = newToken();
  assert.match(text, /^[\w-]{43}$/);
  assert.equal(Buffer.from(text, 'base64url').length, 32);
  assert.deepEqual(sha256, createHash('sha256').update(text).digest());
});

test('the scheme of a bearer token may be in any case', () => {
  const { text, sha256 } = newToken();
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) assert.deepEqual(bearerSha256(`${scheme} ${text}`), sha256);
});

test('what cannot be one of our tokens is none', () => {
  const { text } = newToken();
  for (const header of [
    undefined,
    '',
    'Bearer',
    text,
    `Basic ${text}`,
    `Bearer ${text}x`,
    `Bearer ${text.slice(1)}`,
    `Bearer ${text}=`,
  ]) {
    assert.equal(bearerSha256(header), undefined);
  }
});

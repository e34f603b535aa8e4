import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type CpuWork, eventLoopCpuWork } from '../../../impls/_node/crud/cpu-work.ts';
import { bearerSha256, hashPassword, isPasswordOf, newToken } from '../../../impls/_node/crud/credentials.ts';

test('scrypt has the parameters of the contract', async () => {
  const key = await eventLoopCpuWork.scrypt('pleaseletmein', Buffer.from('SodiumChloride'));
  // RFC 7914, section 12: the first 32 of the 64 bytes for N=16384, r=8, p=1.
  assert.equal(Buffer.from(key).toString('hex'), '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2');
});

test('only the right password is the password', async () => {
  const known = await hashPassword(eventLoopCpuWork, 'correct horse');
  assert.equal(await isPasswordOf(eventLoopCpuWork, known, 'correct horse'), true);
  assert.equal(await isPasswordOf(eventLoopCpuWork, known, 'correct hors'), false);
});

test('an unknown name costs one scrypt like a known one, and no password is right', async () => {
  let calls = 0;
  const zeros: CpuWork = {
    ...eventLoopCpuWork,
    scrypt: async () => {
      calls += 1;
      return new Uint8Array(32);
    },
  };
  assert.equal(await isPasswordOf(zeros, undefined, 'any'), false);
  assert.equal(calls, 1);
});

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

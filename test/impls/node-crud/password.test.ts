import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CpuWork, eventLoopCpuWork } from '../../../impls/_node/crud/cpuWork.ts';
import { hashPassword, isPasswordOf } from '../../../impls/_node/crud/password.ts';

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

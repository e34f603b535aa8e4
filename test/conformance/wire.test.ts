import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judgeWire } from '../../src/conformance/checks/wire.ts';
import { readWireFile, type WireFile } from '../../src/conformance/vectors/contract-file.ts';
import type { WireAnswer } from '../../src/model/run-result.ts';

const health = { method: 'GET', path: '/health' } as WireFile['answers'][number]['request'];
const file: WireFile = {
  setup: [],
  answers: [
    { name: 'health', request: health, status: 200, headers: ['content-type', 'date'], bodyBytes: 15 },
    { name: 'problem', request: health, status: 404, headers: ['date'], bodyBytes: null },
  ],
  allowedHeaders: { server: 'some name themselves' },
};
const observed: readonly WireAnswer[] = [
  { name: 'health', status: 200, headerNames: ['content-type', 'date', 'server'], bodyBytes: 15 },
  { name: 'problem', status: 404, headerNames: ['date'], bodyBytes: 115 },
];

function faults(change: Partial<WireAnswer>): string[] {
  const answers = observed.map((one) => (one.name === 'health' ? { ...one, ...change } : one));
  return judgeWire(answers, file).flatMap(({ passed, detail }) => (passed ? [] : [detail]));
}

describe('answers on the wire', () => {
  test('the same status, header names and size pass, an allowed header and a body of own words too', () => {
    assert.deepEqual(faults({}), []);
  });

  test('a header that nobody else sends, or that is missing, is a difference', () => {
    assert.deepEqual(faults({ headerNames: ['content-type', 'date', 'x-powered-by'] }), [
      'header x-powered-by, which others do not send',
    ]);
    assert.deepEqual(faults({ headerNames: ['content-type'] }), ['no header date, which others send']);
  });

  test('another size is a difference: compressed, or with other white space', () => {
    assert.deepEqual(faults({ bodyBytes: 14 }), ['a body of 14 bytes where others send 15']);
  });

  test('another status, or an answer that was not observed, is a difference', () => {
    assert.deepEqual(faults({ status: 204 }), ['status 204 where others answer 200']);
    assert.deepEqual(faults({ name: 'other' }), ['not observed']);
  });

  test('crud names what all of its implementations answer alike, compression never among it', async () => {
    const crud = await readWireFile(join(import.meta.dirname, '../../bench/crud/wire.json'));
    assert.ok(crud.answers.length >= 10);
    assert.ok(crud.answers.every(({ headers }) => !headers.includes('content-encoding')));
    assert.ok(!Object.hasOwn(crud.allowedHeaders, 'content-encoding'));
  });
});

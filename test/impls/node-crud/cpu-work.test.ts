import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areVectorSizes, meanOf } from '../../../impls/_node/crud/cpu-work.ts';

function vector(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes;
}

test('the mean of each position is rounded to float32 once, at the end', () => {
  const [tenth, fifth] = [Math.fround(0.1), Math.fround(0.2)];
  assert.deepEqual(
    Buffer.from(meanOf([vector(0.1, 1), vector(0.2, 2)], [0, 1])),
    vector(Math.fround((tenth + fifth) / 2), 1.5),
  );
});

test('the sum is taken in float64: what float32 would lose is kept', () => {
  assert.deepEqual(Buffer.from(meanOf([vector(2 ** 24), vector(1)], [0, 1, 1, 1])), vector((2 ** 24 + 3) / 4));
});

test('the order of the sum is the one given', () => {
  const vectors = [vector(3e38), vector(2 ** -140), vector(-3e38)];
  assert.deepEqual(Buffer.from(meanOf(vectors, [0, 1, 2])), vector(0));
  assert.deepEqual(Buffer.from(meanOf(vectors, [0, 2, 1])), vector(2 ** -140 / 3));
});

test('a vector named twice counts twice', () => {
  assert.deepEqual(Buffer.from(meanOf([vector(1), vector(4)], [0, 1, 0])), vector(2));
});

test('a vector may lie anywhere in its buffer', () => {
  const shifted = Buffer.concat([Buffer.from([9]), vector(5, 6)]).subarray(1);
  assert.deepEqual(Buffer.from(meanOf([shifted], [0])), vector(5, 6));
});

test('vector sizes are positive, equal multiples of four', () => {
  assert.deepEqual([[4], [8, 8, 8]].map(areVectorSizes), [true, true]);
  assert.deepEqual([[0], [6], [8, 4], [4, 4, 8]].map(areVectorSizes), [false, false, false, false]);
});

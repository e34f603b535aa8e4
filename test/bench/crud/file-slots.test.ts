import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FileSlot, openFileSlots } from '../../../bench/crud/operations/file-slots.ts';

test('a slot in flight is passed over, and taken again once it is released', () => {
  const slots = openFileSlots(1);
  const first = slots.take(5, 'reading') as FileSlot;
  const second = slots.take(5, 'writing') as FileSlot;
  assert.equal(first.name, 'file-00006');
  assert.equal(second.name, 'file-00007');
  slots.release(first);
  assert.equal(slots.take(5, 'reading'), first);
});

test('the search goes on from the first place after the last', () => {
  const slots = openFileSlots(1);
  slots.take(9_999, 'reading');
  assert.equal(slots.take(9_999, 'reading')?.name, 'file-00001');
});

test('10,000 can be in flight together, no slot twice, and then nothing is free', () => {
  const slots = openFileSlots(1);
  const taken = new Set(Array.from({ length: 10_000 }, (_, at) => slots.take((at * 31) % 97, 'reading')));
  assert.equal(taken.size, 10_000);
  assert.ok(!taken.has(null));
  assert.equal(slots.take(0, 'reading'), null);
});

test('a retired slot is never taken again', () => {
  const slots = openFileSlots(1);
  const slot = slots.take(0, 'writing') as FileSlot;
  slots.settle(slot, 'retired');
  for (let at = 0; at < 9_999; at += 1) assert.notEqual(slots.take(0, 'reading'), slot);
  assert.equal(slots.take(0, 'reading'), null);
});

test('a create gets the slot vacant for the longest time, of the same owner, else a new one', () => {
  const slots = openFileSlots(1);
  const [older, newer] = [slots.take(3, 'writing') as FileSlot, slots.take(1_004, 'writing') as FileSlot];
  slots.settle(older, 'vacant');
  slots.settle(newer, 'vacant');
  assert.equal(slots.takeVacant(), older);
  assert.equal(slots.takeVacant(), newer);
  const appended = slots.takeVacant();
  assert.deepEqual([appended.name, appended.owner], ['file-10001', 0]);
  assert.equal(slots.named('file-10001'), appended);
  assert.ok([...slots.ofOwner(0)].includes(appended));
});

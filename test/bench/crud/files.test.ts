import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveToken } from '../../../bench/crud/dataset.ts';
import { type FileSlot, type FileSlots, openFileSlots } from '../../../bench/crud/operations/files.ts';
import { type AskedPage, wrongPage } from '../../../bench/crud/operations/list-files.ts';
import { datasetSeed } from './all-workloads.ts';
import { type Answer, fakePlatform, responseOf } from './fake-platform.ts';

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

const owner = 40;
const asked: AskedPage = { owner, after: null, limit: 5, writeCount: 0 };

interface Entry extends Record<string, unknown> {
  id: string;
  version: number;
}

interface Page {
  readonly answer: Answer;
  readonly files: Entry[];
}

function pageOf(user: number, query = 'limit=5'): Page {
  const headers = { authorization: `Bearer ${liveToken(datasetSeed, user, 0)}` };
  const answer = fakePlatform(datasetSeed).answer({ method: 'GET', path: `/files?${query}`, headers, body: null });
  return { answer, files: JSON.parse(answer.body.toString()).files };
}

function wrongIn({ answer, files }: Page, page = asked, slots: FileSlots = openFileSlots(datasetSeed)): string | null {
  return wrongPage(responseOf({ ...answer, body: Buffer.from(JSON.stringify({ files })) }), page, slots);
}

function slotOf({ files }: Page, at: number, slots: FileSlots) {
  const slot = slots.named(String((files[at] as Entry).name));
  assert.ok(slot);
  return slot;
}

test('the first page, the last page and a page of all are right', () => {
  assert.equal(wrongIn(pageOf(owner)), null);
  const after = (pageOf(owner).files[4] as Entry).id;
  assert.equal(wrongIn(pageOf(owner, `limit=5&after=${after}`), { ...asked, after }), null);
  assert.equal(wrongIn(pageOf(owner, ''), { ...asked, limit: 20 }), null);
});

test('vectors belong on their owners’ pages and on no other', () => {
  assert.equal(wrongIn(pageOf(3), { ...asked, owner: 3 }), null);
  const page = pageOf(owner);
  Object.assign(page.files[0] as Entry, { name: 'vector-001' });
  assert.equal(wrongIn(page), 'file of an unknown name');
});

test('a page out of order, or with a file twice, or longer than asked for is wrong', () => {
  const reversed = pageOf(owner);
  reversed.files.reverse();
  assert.equal(wrongIn(reversed), 'page not in falling order of ids');
  const twice = pageOf(owner);
  twice.files[1] = twice.files[0] as Entry;
  assert.equal(wrongIn(twice), 'page not in falling order of ids');
  assert.equal(wrongIn(pageOf(owner, 'limit=6')), 'page longer than its limit');
});

test('a page that begins before its cursor is wrong', () => {
  const page = pageOf(owner);
  assert.equal(wrongIn(page, { ...asked, after: (page.files[2] as Entry).id }), 'page not in falling order of ids');
});

test('a Link to anything but the next page is wrong', () => {
  const page = pageOf(owner);
  page.answer.headers.link = `</files?limit=5&after=${page.files[0]?.id}>; rel="next"`;
  assert.equal(wrongIn(page), 'Link is not that of the next page');
});

test('a missing Link is wrong while there are older files', () => {
  const page = pageOf(owner);
  delete page.answer.headers.link;
  assert.equal(wrongIn(page), 'page without a file that is there');
});

test('another user’s page is wrong', () => {
  assert.equal(wrongIn(pageOf(owner + 1)), 'file of another user');
});

test('a file of an old version is wrong', () => {
  const [page, slots] = [pageOf(owner), openFileSlots(datasetSeed)];
  slotOf(page, 2, slots).version = 2;
  assert.equal(wrongIn(page, asked, slots), 'version is not the expected one');
});

test('a deleted file is wrong, and so is the lack of one that is there', () => {
  const [page, slots] = [pageOf(owner), openFileSlots(datasetSeed)];
  slotOf(page, 2, slots).state = 'vacant';
  assert.equal(wrongIn(page, asked, slots), 'deleted file');
  page.files.splice(2, 1);
  page.answer.headers = { 'content-type': 'application/json' };
  assert.equal(wrongIn(page), 'page without a file that is there');
});

test('a file written since the page was asked for, or being written, or of unknown state is not checked', () => {
  const page = pageOf(owner);
  for (const change of [{ settledAt: 1 }, { state: 'writing' }, { state: 'retired' }] as const) {
    const slots = openFileSlots(datasetSeed);
    Object.assign(slotOf(page, 2, slots), { version: 2 }, change);
    assert.equal(wrongIn(page, asked, slots), null, JSON.stringify(change));
  }
});

test('a page from before a write is right if the write was answered meanwhile, and wrong if it was answered before', () => {
  const [page, slots] = [pageOf(owner), openFileSlots(datasetSeed)];
  const slot = slots.take(owner + 9_000, 'writing');
  assert.ok(slot);
  assert.equal(slot.owner, owner);
  slot.version += 1;
  slots.settle(slot, 'present');
  assert.equal(wrongIn(page, asked, slots), null);
  assert.equal(wrongIn(page, { ...asked, writeCount: slots.writeCount }, slots), 'version is not the expected one');
});

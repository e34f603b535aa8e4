import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveToken } from '../../../bench/crud/dataset.ts';
import { type AskedPage, wrongPage } from '../../../bench/crud/operations/file-page.ts';
import { type FileSlots, openFileSlots } from '../../../bench/crud/operations/file-slots.ts';
import { datasetSeed } from './all-workloads.ts';
import { type Answer, fakePlatform, responseOf } from './fake-platform.ts';

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

function judge({ answer, files }: Page, page = asked, slots: FileSlots = openFileSlots(datasetSeed)): string | null {
  return wrongPage(responseOf({ ...answer, body: Buffer.from(JSON.stringify({ files })) }), page, slots);
}

function slotOf({ files }: Page, at: number, slots: FileSlots) {
  const slot = slots.named(String((files[at] as Entry).name));
  assert.ok(slot);
  return slot;
}

test('the first page, the last page and a page of all are right', () => {
  assert.equal(judge(pageOf(owner)), null);
  const after = (pageOf(owner).files[4] as Entry).id;
  assert.equal(judge(pageOf(owner, `limit=5&after=${after}`), { ...asked, after }), null);
  assert.equal(judge(pageOf(owner, ''), { ...asked, limit: 20 }), null);
});

test('vectors belong on their owners’ pages and on no other', () => {
  assert.equal(judge(pageOf(3), { ...asked, owner: 3 }), null);
  const page = pageOf(owner);
  Object.assign(page.files[0] as Entry, { name: 'vector-001' });
  assert.equal(judge(page), 'file of an unknown name');
});

test('a page out of order, or with a file twice, or longer than asked for is wrong', () => {
  const reversed = pageOf(owner);
  reversed.files.reverse();
  assert.equal(judge(reversed), 'page not in falling order of ids');
  const twice = pageOf(owner);
  twice.files[1] = twice.files[0] as Entry;
  assert.equal(judge(twice), 'page not in falling order of ids');
  assert.equal(judge(pageOf(owner, 'limit=6')), 'page longer than its limit');
});

test('a page that begins before its cursor is wrong', () => {
  const page = pageOf(owner);
  assert.equal(judge(page, { ...asked, after: (page.files[2] as Entry).id }), 'page not in falling order of ids');
});

test('a Link to anything but the next page is wrong', () => {
  const page = pageOf(owner);
  page.answer.headers.link = `</files?limit=5&after=${page.files[0]?.id}>; rel="next"`;
  assert.equal(judge(page), 'Link is not that of the next page');
});

test('a missing Link is wrong while there are older files', () => {
  const page = pageOf(owner);
  delete page.answer.headers.link;
  assert.equal(judge(page), 'page without a file that is there');
});

test('another user’s page is wrong', () => {
  assert.equal(judge(pageOf(owner + 1)), 'file of another user');
});

test('a file of an old version is wrong', () => {
  const [page, slots] = [pageOf(owner), openFileSlots(datasetSeed)];
  slotOf(page, 2, slots).version = 2;
  assert.equal(judge(page, asked, slots), 'version is not the expected one');
});

test('a deleted file is wrong, and so is the lack of one that is there', () => {
  const [page, slots] = [pageOf(owner), openFileSlots(datasetSeed)];
  slotOf(page, 2, slots).state = 'vacant';
  assert.equal(judge(page, asked, slots), 'deleted file');
  page.files.splice(2, 1);
  page.answer.headers = { 'content-type': 'application/json' };
  assert.equal(judge(page), 'page without a file that is there');
});

test('a file written since the page was asked for, or being written, or of unknown state is not looked at', () => {
  const page = pageOf(owner);
  for (const change of [{ settledAt: 1 }, { state: 'writing' }, { state: 'retired' }] as const) {
    const slots = openFileSlots(datasetSeed);
    Object.assign(slotOf(page, 2, slots), { version: 2 }, change);
    assert.equal(judge(page, asked, slots), null, JSON.stringify(change));
  }
});

test('a page from before a write is right if the write was answered meanwhile, and wrong if it was answered before', () => {
  const [page, slots] = [pageOf(owner), openFileSlots(datasetSeed)];
  const slot = slots.take(owner + 9_000, 'writing');
  assert.ok(slot);
  assert.equal(slot.owner, owner);
  slot.version += 1;
  slots.settle(slot, 'present');
  assert.equal(judge(page, asked, slots), null);
  assert.equal(judge(page, { ...asked, writeCount: slots.writeCount }, slots), 'version is not the expected one');
});

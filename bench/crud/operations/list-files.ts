import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { fileId, filesPerUserCount, userCount, vectorOwnerCount } from '../dataset.ts';
import { type Json, readJson, wrongMetadata, wrongStatus, wrongType } from './answer.ts';
import type { FileSlot, FileSlots, Files } from './files.ts';
import type { Draw } from './session.ts';

/** Half of what a user has at first, so that there is a next page. */
const pageLimit = filesPerUserCount / 2;
const defaultLimit = 20;

/** A page costs as much to check as ten other answers: of the others only status and type are looked at. */
const checkedEvery = 4;

/** GET /files: any user's newest files, as many as fit a page of the default size. */
export function listFiles(files: Files, random: Random): Draw {
  const listing = listings(files, 'list');
  return () => {
    const owner = random.below(userCount);
    return listing('/files', { owner, after: null, limit: defaultLimit });
  };
}

/** GET /files?limit=5: a user's newest files. */
export function listFirstPage(files: Files, drawOwner: () => number): Draw {
  const listing = listings(files, 'list');
  return () => {
    const owner = drawOwner();
    return listing(`/files?limit=${pageLimit}`, { owner, after: null, limit: pageLimit });
  };
}

/**
 * GET /files?limit=5&after=…: the page after a user's sixth seeded file. A cursor stays good when its file is gone, so
 * that no answer must be waited for.
 */
export function listNextPage(files: Files, drawOwner: () => number): Draw {
  const listing = listings(files, 'list-next');
  return () => {
    const owner = drawOwner();
    const after = fileId(files.seed, owner + pageLimit * userCount);
    return listing(`/files?limit=${pageLimit}&after=${after}`, { owner, after, limit: pageLimit });
  };
}

type Page = Omit<AskedPage, 'writeCount'>;

/** Makes the operations of one name; each fourth answer, from the first on, is checked to its last entry. */
function listings({ slots, headers }: Files, name: string): (path: string, page: Page) => Operation {
  let madeCount = 0;
  return (path, page) => {
    const asked: AskedPage = { ...page, writeCount: slots.writeCount };
    const isChecked = madeCount % checkedEvery === 0;
    madeCount += 1;
    return {
      name,
      request: { method: 'GET', path, headers: headers(page.owner).plain, body: null },
      check(response) {
        const wrong = wrongStatus(response, 200) ?? wrongType(response);
        return wrong ?? (isChecked ? wrongPage(response, asked, slots) : null);
      },
      abandon() {},
    };
  };
}

export interface AskedPage {
  readonly owner: number;
  readonly after: string | null;
  readonly limit: number;
  /** The pool's when the page was asked for: later writes may or may not be in the answer. */
  readonly writeCount: number;
}

/**
 * What is wrong with a page of a user's files: its order, its Link, a file of another user, a file that is deleted or of
 * an old version, or one that is missing. Files that were written meanwhile are left out.
 */
export function wrongPage(response: WorkloadResponse, asked: AskedPage, slots: FileSlots): string | null {
  const json = readJson(response);
  if (typeof json === 'string') return json;
  if (!Array.isArray(json.files)) return 'no list of files';
  const files: readonly Json[] = json.files;
  const hasNext = response.header('link') !== null;
  return (
    wrongOrder(files, asked) ??
    (hasNext ? wrongLink(response.header('link'), files, asked) : null) ??
    wrongEntries(files, asked, slots) ??
    missingEntry(files, asked, slots, hasNext)
  );
}

function wrongOrder(files: readonly Json[], { after, limit }: AskedPage): string | null {
  if (files.length > limit) return 'page longer than its limit';
  let previous = after ?? '~';
  for (const { id } of files) {
    if (typeof id !== 'string' || id >= previous) return 'page not in falling order of ids';
    previous = id;
  }
  return null;
}

function wrongLink(link: string | null, files: readonly Json[], { limit }: AskedPage): string | null {
  const expected = `</files?limit=${limit}&after=${files.at(-1)?.id}>; rel="next"`;
  return files.length === limit && link === expected ? null : 'Link is not that of the next page';
}

/** It was not written since the request of the page, and is not being written. */
function isSettled(slot: FileSlot, { writeCount }: AskedPage): boolean {
  return slot.settledAt <= writeCount && slot.state !== 'writing' && slot.state !== 'retired';
}

function wrongEntries(files: readonly Json[], asked: AskedPage, slots: FileSlots): string | null {
  for (const file of files) {
    const slot = slots.named(String(file.name));
    const wrong = slot === null ? wrongOther(file, asked) : wrongEntry(file, slot, asked);
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongEntry(file: Json, slot: FileSlot, asked: AskedPage): string | null {
  if (slot.owner !== asked.owner) return 'file of another user';
  if (!isSettled(slot, asked)) return null;
  if (slot.state === 'vacant') return 'deleted file';
  return wrongMetadata(file, slot, slot.version);
}

/** Vectors and results of aggregations lie beside the files of slots, but only with their owners. */
function wrongOther({ name }: Json, { owner }: AskedPage): string | null {
  const isAggregate = /^(vector|aggregation)-/.test(String(name));
  return isAggregate && owner < vectorOwnerCount ? null : 'file of an unknown name';
}

function missingEntry(files: readonly Json[], asked: AskedPage, slots: FileSlots, hasNext: boolean): string | null {
  const newest = asked.after ?? '~';
  const oldest = hasNext ? String(files.at(-1)?.id) : '';
  for (const slot of slots.ofOwner(asked.owner)) {
    const isListable = slot.state !== 'vacant' && isSettled(slot, asked) && slot.id < newest && slot.id >= oldest;
    if (isListable && !files.some(({ id }) => id === slot.id)) return 'page without a file that is there';
  }
  return null;
}

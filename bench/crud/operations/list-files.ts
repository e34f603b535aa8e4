import type { Operation } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { fileId, filesPerUserCount, userCount } from '../dataset.ts';
import { wrongStatus, wrongType } from './answer.ts';
import type { Draw } from './draw.ts';
import { type AskedPage, wrongPage } from './file-page.ts';
import type { Files } from './files.ts';

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

/** GET /files?limit=5: any user's newest files. */
export function listFirstPage(files: Files, random: Random): Draw {
  const listing = listings(files, 'list');
  return () => {
    const owner = random.below(userCount);
    return listing(`/files?limit=${pageLimit}`, { owner, after: null, limit: pageLimit });
  };
}

/**
 * GET /files?limit=5&after=…: the page after a user's sixth seeded file. A cursor stays good when its file is gone, so
 * that no answer must be waited for.
 */
export function listNextPage(files: Files, random: Random): Draw {
  const listing = listings(files, 'list-next');
  return () => {
    const owner = random.below(userCount);
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

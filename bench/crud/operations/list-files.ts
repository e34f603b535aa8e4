import type { Operation, WorkloadRequest, WorkloadResponse } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { fileId, filesPerUserCount, userCount } from '../dataset.ts';
import { wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { type AskedPage, wrongPage } from './file-page.ts';
import type { Files } from './files.ts';

/** Half of what a user has at first, so that there is a next page. */
const pageLimit = filesPerUserCount / 2;
const defaultLimit = 20;

/** GET /files: any user's newest files, as many as fit a page of the default size. */
export function listFiles(files: Files, random: Random): Draw {
  return () => {
    const owner = random.below(userCount);
    return listing(files, 'list', '/files', { owner, after: null, limit: defaultLimit });
  };
}

/** GET /files?limit=5: any user's newest files. */
export function listFirstPage(files: Files, random: Random): Draw {
  return () => {
    const owner = random.below(userCount);
    return listing(files, 'list', `/files?limit=${pageLimit}`, { owner, after: null, limit: pageLimit });
  };
}

/**
 * GET /files?limit=5&after=…: the page after a user's sixth seeded file. A cursor stays good when its file is gone, so
 * that no answer must be waited for.
 */
export function listNextPage(files: Files, random: Random): Draw {
  return () => {
    const owner = random.below(userCount);
    const after = fileId(files.seed, owner + pageLimit * userCount);
    return listing(files, 'list-next', `/files?limit=${pageLimit}&after=${after}`, { owner, after, limit: pageLimit });
  };
}

type Page = Omit<AskedPage, 'writeCount'>;

function listing({ slots, headers }: Files, name: string, path: string, page: Page): Operation {
  const asked: AskedPage = { ...page, writeCount: slots.writeCount };
  const request: WorkloadRequest = { method: 'GET', path, headers: headers(page.owner).plain, body: null };
  return {
    name,
    request,
    check: (response: WorkloadResponse) => wrongStatus(response, 200) ?? wrongPage(response, asked, slots),
    abandon() {},
  };
}

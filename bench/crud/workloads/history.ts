import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createFile } from '../operations/create-file.ts';
import { deleteFile } from '../operations/delete-file.ts';
import { weightedDraw } from '../operations/draw.ts';
import { openFiles } from '../operations/files.ts';
import { listFirstPage, listNextPage } from '../operations/list-files.ts';
import { popularFile } from '../operations/popular-file.ts';
import { readContent } from '../operations/read-content.ts';
import { readFile } from '../operations/read-file.ts';
import { replaceFile } from '../operations/replace-file.ts';
import { revalidateContent } from '../operations/revalidate-content.ts';
import { sessionOf } from '../operations/session.ts';

/** Four of five requests read; as many files are made as deleted, so that a long run looks like a short one. */
const mix = {
  read: 24,
  content: 28,
  revalidate: 16,
  list: 8,
  'list-next': 4,
  create: 6,
  replace: 8,
  delete: 6,
} as const;

export const workload: Workload = {
  id: 'history',
  service: 'crud',
  version: 1,
  description:
    'file history: files of 4 KiB read (zipf, exponent 0.99, 10,000 files), listed, made, replaced and deleted',
  mix,
  fixedRatePerSec: null,
  open(context) {
    const random = createRandom(context.seed);
    const files = openFiles(context);
    const popular = popularFile(random);
    const next = weightedDraw(random, mix, {
      read: readFile(files, popular),
      content: readContent(files, popular),
      revalidate: revalidateContent(files, popular),
      list: listFirstPage(files, random),
      'list-next': listNextPage(files, random),
      create: createFile(files),
      replace: replaceFile(files, popular),
      delete: deleteFile(files, popular),
    });
    return sessionOf(next, files.ledger);
  },
};

import type { Random } from '../../../src/stats/random.ts';
import { createFile } from './create-file.ts';
import { deleteFile } from './delete-file.ts';
import type { Files } from './files.ts';
import { listFirstPage, listNextPage } from './list-files.ts';
import { popularFile } from './popular-file.ts';
import { readContent } from './read-content.ts';
import { readFile } from './read-file.ts';
import { replaceFile } from './replace-file.ts';
import { revalidateContent } from './revalidate-content.ts';

/** All that is done with files; some are read, replaced and deleted far more often than others. */
export function historyDraws(files: Files, random: Random) {
  const popular = popularFile(random);
  return {
    read: readFile(files, popular),
    content: readContent(files, popular),
    revalidate: revalidateContent(files, popular),
    list: listFirstPage(files, random),
    'list-next': listNextPage(files, random),
    create: createFile(files),
    replace: replaceFile(files, popular),
    delete: deleteFile(files, popular),
  };
}

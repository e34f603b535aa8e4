import type { Random } from '../../../src/stats/random.ts';
import { userCount } from '../dataset.ts';
import type { Files } from './files.ts';
import { listFirstPage, listNextPage } from './list-files.ts';
import { popularFile } from './popular-file.ts';
import { readChanged } from './read-changed.ts';
import { readContent, readFile, revalidateContent } from './read-file.ts';
import { createFile, deleteFile, replaceFile } from './write-file.ts';

/** All that is done with files; some are read, replaced and deleted far more often than others. */
export function historyDraws(files: Files, random: Random) {
  const popular = popularFile(random);
  const anyUser = () => random.below(userCount);
  return {
    read: readFile(files, popular),
    content: readContent(files, popular),
    'read-changed': readChanged(files, popular),
    revalidate: revalidateContent(files, popular),
    list: listFirstPage(files, anyUser),
    'list-next': listNextPage(files, anyUser),
    create: createFile(files),
    replace: replaceFile(files, popular),
    delete: deleteFile(files, popular),
  };
}

import { draftReaders } from './draft-readers.ts';
import { gitReader } from './git-reader.ts';
import { jsonReaders } from './json-readers.ts';
import type { Reader } from './reader.ts';
import { reportReader } from './report-reader.ts';

export const readers: readonly Reader[] = [...jsonReaders, ...draftReaders, gitReader, reportReader];

import type { Random } from '../../../src/stats/random.ts';
import { authenticate, logIn, signUp } from './accounts.ts';
import { type Aggregations, aggregate } from './aggregations.ts';
import type { Files } from './files.ts';
import { listFiles } from './list-files.ts';
import { popularFile } from './popular-file.ts';
import { readChanged } from './read-changed.ts';
import { readContent, readFile } from './read-file.ts';
import { alternately, type Draws, named } from './session.ts';
import { createFile, replaceFile } from './write-file.ts';

/** Requests a second, and weights as well. */
export const authenticationMix = { authenticate: 25, 'log-in': 1, 'sign-up': 1 } as const;
export const fileMix = { list: 25, read: 25, content: 25, create: 25, replace: 25, aggregate: 1 } as const;
export const streamCount = 3;

export function authenticationDraws(seed: number, random: Random): Draws<typeof authenticationMix> {
  return {
    authenticate: authenticate(seed, random, 2),
    'log-in': logIn(seed, random),
    'sign-up': signUp(),
  };
}

export function fileDraws(files: Files, aggregations: Aggregations, random: Random): Draws<typeof fileMix> {
  const popular = popularFile(random);
  return {
    list: listFiles(files, random),
    read: alternately(readFile(files, popular), named('read', readChanged(files, popular))),
    content: readContent(files, popular),
    create: createFile(files),
    replace: replaceFile(files, popular),
    aggregate: aggregate(aggregations),
  };
}

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of the fuzzer are written as templates are
import type { Chance, FuzzStep } from '../../../src/model/fuzz.ts';
import { type Draft, draftOf, host, pick, stepOf } from './draft.ts';

/** A valid request, and what must be asked before it so that it finds what it names, and after it to see what it did. */
export interface Route {
  readonly name: string;
  readonly weight: number;
  readonly before: readonly FuzzStep[];
  draw(random: Chance): Draft;
  readonly after: readonly FuzzStep[];
}

const token = 'Authorization: Bearer ${token}';
/** Lists are asked for by a user who never writes, so that how long they are does not depend on what came before. */
const otherToken = 'Authorization: Bearer ${otherToken}';
const json = 'Content-Type: application/json';
const octets = 'Content-Type: application/octet-stream';

function asked(method: string, target: string, more: Partial<Draft> = {}): Draft {
  return draftOf(method, target, { ...more, headers: [host, token, ...(more.headers ?? [])] });
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value);
}

const makeFile = stepOf(
  asked('POST', '/files?name=made', { headers: [octets], body: 'bytes', captures: { made: 'id' } }),
);
const readMade = stepOf(asked('GET', '/files/${made}'));
const logIn = stepOf(
  draftOf('POST', '/sessions', {
    headers: [host, json],
    body: '{"name":"${otherUserName}","password":"${password}"}',
    captures: { made: 'token' },
  }),
);
const queue = stepOf(
  asked('POST', '/aggregations', {
    headers: [json],
    body: '{"fileIds":["${vectorFileId1}"]}',
    captures: { made: 'id' },
  }),
);

const seededFiles = [
  '${fileId1}',
  '${fileId2}',
  '${vectorFileId1}',
  '${otherFileId1}',
  '${absentId}',
  '${upper fileId3}',
];

function route(name: string, weight: number, draw: Route['draw'], more: Partial<Route> = {}): Route {
  return { name, weight, before: [], after: [], draw, ...more };
}

/** Those with scrypt in them cost 30 ms of CPU, where they are not refused before. */
export const routes: readonly Route[] = [
  route('health', 3, () => draftOf('GET', '/health')),
  route('sign up', 3, () =>
    draftOf('POST', '/users', {
      headers: [host, json],
      body: jsonOf({ name: 'fuzz-${case}', password: 'long enough' }),
    }),
  ),
  route('log in', 3, (random) =>
    draftOf('POST', '/sessions', {
      headers: [host, json],
      body: jsonOf({ name: '${userName}', password: pick(random, ['${password}', 'wrong']) }),
    }),
  ),
  route(
    'log out',
    1,
    () => draftOf('DELETE', '/sessions/current', { headers: [host, 'Authorization: Bearer ${made}'] }),
    {
      before: [logIn],
      after: [stepOf(draftOf('GET', '/users/me', { headers: [host, 'Authorization: Bearer ${made}'] }))],
    },
  ),
  route('who am I', 6, () => asked('GET', '/users/me')),
  route('create', 8, (random) => {
    const name = pick(random, ['a', 'a%20b', 'a+b', '%C3%A9', 'x&other=1']);
    const body = pick(random, ['', 'bytes', 'b'.repeat(4_096)]);
    return asked('POST', `/files?name=${name}`, { headers: [octets], body });
  }),
  route('list', 6, (random) => {
    const query = pick(random, [
      '',
      '?limit=5',
      '?limit=100',
      '?after=${otherFileId3}',
      '?limit=2&after=${otherFileId5}',
    ]);
    return draftOf('GET', `/files${query}`, { headers: [host, otherToken] });
  }),
  route('read', 8, (random) => asked('GET', `/files/${pick(random, seededFiles)}`)),
  route('content', 8, (random) => asked('GET', `/files/${pick(random, seededFiles)}/content`)),
  route(
    'replace',
    8,
    (random) =>
      asked('PUT', '/files/${made}', {
        headers: [octets, `If-Match: ${pick(random, ['"1"', '"1"', '*', '"2"', 'W/"1"'])}`],
        body: pick(random, ['', 'other bytes']),
      }),
    { before: [makeFile], after: [readMade] },
  ),
  route('delete', 4, () => asked('DELETE', '/files/${made}'), { before: [makeFile], after: [readMade] }),
  route('aggregate', 6, (random) => {
    const fileIds = pick(random, [
      ['${vectorFileId1}'],
      ['${vectorFileId2}', '${vectorFileId2}'],
      ['${fileId1}', '${vectorFileId1}'],
      ['${absentId}'],
    ]);
    return asked('POST', '/aggregations', { headers: [json], body: jsonOf({ fileIds }) });
  }),
  route('read aggregation', 2, () => asked('GET', '/aggregations/${made}'), { before: [queue] }),
  route('events', 3, () => asked('GET', '/events')),
];

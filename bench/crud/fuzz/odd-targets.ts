// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of the fuzzer are written as templates are
import type { Chance } from '../../../src/model/fuzz.ts';
import { type Draft, type Oddity, pick, utf8 } from './draft.ts';

/** Escapes one character of the path. A variable stays whole. */
export const escapedPath: Oddity = (draft, random) => {
  const [path, query] = parts(draft.target);
  const plain = [...path.matchAll(/\$\{[^}]*\}|./g)].map(([piece]) => piece);
  const places = plain.flatMap((piece, index) => (piece.length === 1 ? [index] : []));
  const at = places[random.below(places.length)] ?? 0;
  const escaped = `%${(plain[at] ?? '/').charCodeAt(0).toString(16).padStart(2, '0')}`;
  const change = pick(random, [
    () => plain.with(at, random.below(2) === 0 ? escaped : escaped.toUpperCase()),
    () => plain.map((piece, index) => (piece === '/' && index > 0 ? '%2F' : piece)),
    () => [
      ...plain,
      pick(random, ['%00', '%20', '%0a', '%0d%0a', '%zz', '%', '%4', '%C3%A9', '%FF', '%2e', '%3f', '%23', '%25']),
    ],
    () => plain.with(at, `%25${escaped.slice(1)}`),
  ]);
  return { ...draft, target: change().join('') + query };
};

export const oddPath: Oddity = (draft, random) => {
  const [path, query] = parts(draft.target);
  const target = pick(random, [
    () => `${path}/${query}`,
    () => `/${path}${query}`,
    () => `/.${path}${query}`,
    () => `/x/..${path}${query}`,
    () => `${path}/.${query}`,
    () => `${path}/..${query}`,
    () => `${path.replace(/^\/(\w)/, (_, first: string) => `/${first.toUpperCase()}`)}${query}`,
    () => `${path.replaceAll('/', '//')}${query}`,
    () => `${path};x=1${query}`,
    () => `${path}\\${query}`,
    () => path.replace('/', '\\') + query,
    () => `${path}x${query}`,
    () => `/${query}`,
    () => `${path}/content${query}`,
    () => `/api${path}${query}`,
    () => `${path}+${query}`,
    () => `${path.slice(0, -1)}${query}`.replace(/\$\{[^}]*$/, ''),
    () => `${path}${utf8('é')}${query}`,
    () => `${path}|${query}`,
    () => `${path}"<>^\`{${query}`,
  ])();
  return { ...draft, target };
};

/** Forms of a request target beside a path (RFC 9112, 3.2). */
export const targetForm: Oddity = (draft, random) => {
  const { target } = draft;
  return {
    ...draft,
    target: pick(random, [
      `http://paceline.test${target}`,
      `http://elsewhere.test:81${target}`,
      `HTTP://paceline.test${target}`,
      `https://paceline.test${target}`,
      `http://user@paceline.test${target}`,
      'http://paceline.test',
      `ftp://paceline.test${target}`,
      `http:${target}`,
      '*',
      'paceline.test:80',
      target.slice(1),
      `${target}#part`,
      `#${target}`,
      '?',
      `?${target}`,
    ]),
  };
};

export const queryEscapes: Oddity = (draft, random) =>
  withParameter(
    draft,
    pick(random, [
      'x=%FF',
      'x=%',
      'x=%4',
      'x=%zz',
      'x=%C3%28',
      'x=%C3%A9',
      'x=%ED%A0%80',
      'x=%C0%AF',
      'x=%F4%90%80%80',
      '%FF=x',
      '%=x',
      'x=%00',
      'x=%2B+%20',
      `x=${utf8('é')}`,
      'x=\xff',
      'limit=%35',
      '%6Cimit=5',
      'limit=+5',
      'limit=5+',
      'limit=%EF%BC%95',
      'name=%FF',
      'name=%C3%A9',
      `name=${utf8('é')}`,
      'name=a%00',
      'name=%7F',
      'name=%C2%80',
      'name=%0A',
      'name=%ED%A0%80',
      'name=%F0%9F%98%80',
      'x=%u0041',
    ]),
    random,
  );

export const queryRepeats: Oddity = (draft, random) => {
  const [path, query] = parts(draft.target);
  const own = query.slice(1).split('&').filter(Boolean);
  const repeated = pick(random, [
    ...own,
    'limit=1&limit=1',
    'limit=1&%6Cimit=2',
    'limit&limit=5',
    'after=${otherFileId1}&after=${otherFileId1}',
    'name=a&name=b',
    'name=&name=b',
    'name&name',
    'x=1&x=2',
    'Limit=1&limit=2',
    'limit[]=1',
    'limit=1,2',
  ]);
  return { ...draft, target: `${path}?${[...own, repeated].join('&')}` };
};

export const queryValues: Oddity = (draft, random) => {
  const [path] = parts(draft.target);
  const value = pick(random, [
    ...[
      '0',
      '1',
      '99',
      '100',
      '101',
      '999',
      '1000',
      '05',
      '5.0',
      '-1',
      '1e1',
      '0x5',
      '',
      ' 5',
      '%205',
      '5%20',
      '%D9%A5',
      'x',
    ].map((limit) => `limit=${limit}`),
    ...[
      '',
      'x',
      '${upper otherFileId3}',
      '%7B${otherFileId3}%7D',
      '${otherFileId3}0',
      '${absentId}',
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '0000000000000000000000000000000000ab',
    ].map((after) => `after=${after}`),
    ...[
      '',
      'a'.repeat(255),
      'a'.repeat(256),
      '%C3%A9'.repeat(127),
      '%C3%A9'.repeat(128),
      '%20',
      '+',
      '.',
      '..',
      '%2F',
      'a%5Cb',
      '%22',
      '%E2%80%AE',
      '%C2%A0',
    ].map((name) => `name=${name}`),
  ]);
  return { ...draft, target: `${path}?${value}` };
};

export const querySeparators: Oddity = (draft, random) => {
  const [path, query] = parts(draft.target);
  const own = query.slice(1);
  return {
    ...draft,
    target: pick(random, [
      `${path}?`,
      `${path}?&`,
      `${path}?&&${own}&&`,
      `${path}?=`,
      `${path}?=x`,
      `${path}?${own}?`,
      `${path}??${own}`,
      `${path}?${own};limit=5`,
      `${path}?limit=5;after=x`,
      `${path}?limit==5`,
      `${path}?limit=5=`,
      `${path}?limit`,
      `${path}?name`,
      `${path}?name=a=b`,
      `${path}?name=a?b/c:d@e`,
      `${path}?name=a;b`,
      `${path}?name=a#b`,
      `${path}?${own}#part`,
      `${path}?name='"<>\\^{|}`,
      `${path}?name=[x]`,
    ]),
  };
};

/** Ids in other forms than the contract's. */
export const oddId: Oddity = (draft, random) => {
  const id = pick(random, [
    '${upper fileId1}',
    '{${fileId1}}',
    '${fileId1}0',
    '0${fileId1}',
    'urn:uuid:${fileId1}',
    '0198c0de00007000800000000000000a',
    '0198c0de-0000-7000-8000-00000000000g',
    '0198c0de0-000-7000-8000-00000000000a',
    '0198c0de-0000-7000-8000-00000000000',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'x',
    '-',
    '.',
    '..',
    'null',
    '*',
    '1',
    "'",
    'a'.repeat(300),
    'a'.repeat(3_000),
  ]);
  return { ...draft, target: draft.target.replace(/\$\{[^}]*\}/, id) };
};

function parts(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at)];
}

/** The parameter before or behind those that are there; a `name` takes the place of the route's own. */
function withParameter(draft: Draft, parameter: string, random: Chance): Draft {
  const [path, query] = parts(draft.target);
  const isName = parameter.startsWith('name=');
  const own = query
    .slice(1)
    .split('&')
    .filter((one) => one !== '' && !(isName && one.startsWith('name=')));
  const all = random.below(2) === 0 ? [parameter, ...own] : [...own, parameter];
  return { ...draft, target: `${path}?${all.join('&')}` };
}

import { type Draft, type Oddity, pick, withHeader, withOnly } from './draft.ts';

function chunk(body: string, extension = ''): string {
  return body === '' ? '' : `${body.length.toString(16)}${extension}\r\n${body}\r\n`;
}

/** Bodies without variables: their chunks count bytes. */
function plain(draft: Draft): string {
  return draft.body === null || draft.body.includes('${') ? '{}' : draft.body;
}

const chunkedLine = ['Transfer-Encoding: chunked'];

export const chunks: Oddity = (draft, random) => {
  const body = plain(draft);
  const half = body.length >> 1;
  const hex = body.length.toString(16);
  const framed = pick(random, [
    `${chunk(body)}0\r\n\r\n`,
    `${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`,
    `${chunk(body, ';a=b')}0\r\n\r\n`,
    `${chunk(body, '; a="b c"')}0;last\r\n\r\n`,
    `${chunk(body, ' ')}0\r\n\r\n`,
    `${chunk(body)}0\r\nX-Trailer: x\r\n\r\n`,
    `${chunk(body)}0\r\nAuthorization: x\r\n\r\n`,
    `${chunk(body)}0\r\nContent-Length: 3\r\n\r\n`,
    `${chunk(body)}000\r\n\r\n`,
    `000${hex}\r\n${body}\r\n0\r\n\r\n`,
    `${hex.toUpperCase()}\r\n${body}\r\n0\r\n\r\n`,
    `0x${hex}\r\n${body}\r\n0\r\n\r\n`,
    `-1\r\n${body}\r\n0\r\n\r\n`,
    `+${hex}\r\n${body}\r\n0\r\n\r\n`,
    `zz\r\n${body}\r\n0\r\n\r\n`,
    `ffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
    `fffffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
    `\r\n${chunk(body)}0\r\n\r\n`,
    `${hex}\n${body}\n0\n\n`,
    `${hex}\r\n${body}x\r\n0\r\n\r\n`,
    `${hex}\r\n${body}0\r\n\r\n`,
  ]);
  return { ...draft, body: framed, framing: chunkedLine };
};

/** More than one thing says how long the body is, or what says it is odd. */
export const lengths: Oddity = (draft, random) => {
  const body = plain(draft);
  const length = body.length;
  const chunked = `${chunk(body)}0\r\n\r\n`;
  const odd = pick<readonly [body: string, framing: readonly string[]]>(random, [
    [body, [`Content-Length: ${length}`, `Content-Length: ${length}`]],
    [body, [`Content-Length: ${length}`, `Content-Length: ${length + 1}`]],
    [body, [`Content-Length: ${length}, ${length}`]],
    [body, [`Content-Length: 0${length}`]],
    [body, [`Content-Length: +${length}`]],
    [body, ['Content-Length: -1']],
    [body, ['Content-Length: x']],
    [body, ['Content-Length:']],
    [body, [`Content-Length: ${length}.0`]],
    [body, [`Content-Length: 0x${length.toString(16)}`]],
    [body, [`Content-Length: ${length} `]],
    [body, [`Content-Length: \xb2`]],
    [body, ['Content-Length: 99999999999999999999999']],
    ['', ['Content-Length: 0']],
    ['', []],
    [chunked, [...chunkedLine, `Content-Length: ${length}`]],
    [chunked, [`Content-Length: ${length}`, ...chunkedLine]],
    [chunked, ['Transfer-Encoding: Chunked']],
    [chunked, ['Transfer-Encoding: chunked, chunked']],
    [chunked, ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    [chunked, ['Transfer-Encoding: identity, chunked']],
    [chunked, ['Transfer-Encoding: gzip, chunked']],
    [chunked, ['Transfer-Encoding: chunked, gzip']],
    [chunked, ['Transfer-Encoding: nonsense']],
    [chunked, ['Transfer-Encoding: nonsense, chunked']],
    [chunked, ['Transfer-Encoding: "chunked"']],
    [chunked, ['Transfer-Encoding: chunked;a=b']],
    [chunked, ['Transfer-Encoding:\x0bchunked']],
    [chunked, ['Transfer-Encoding : chunked']],
    [chunked, ['Transfer-Encoding:']],
    [body, ['Transfer-Encoding: identity', `Content-Length: ${length}`]],
  ]);
  return { ...draft, body: odd[0], framing: odd[1], listensOn: true };
};

/** Two requests in one write: the second is answered, and counted, where the first has ended as it says. */
export const pipelined: Oddity = (draft, random) => {
  const second = 'GET /nowhere HTTP/1.1\r\nHost: paceline.test\r\n\r\n';
  const body = plain(draft);
  const isBodiless = draft.body === null;
  const framing = isBodiless ? [] : [`Content-Length: ${body.length}`];
  const between = pick(random, ['', '', '\r\n']);
  return { ...draft, body: `${isBodiless ? '' : body}${between}${second}`, framing, listensOn: true };
};

export const unaskedBodies: Oddity = (draft, random) => {
  if (draft.body !== null) return { ...draft, body: null };
  const body = pick(random, ['x', '{}', 'y'.repeat(5_000)]);
  const more = pick(random, [[], ['Content-Type: application/json'], ['Content-Type: nonsense'], ['Content-Type:']]);
  return { ...draft, body, headers: [...draft.headers, ...more] };
};

export const expectations: Oddity = (draft, random) =>
  withHeader(
    draft,
    pick(random, [
      'Expect: 100-continue',
      'Expect: 100-Continue',
      'Expect: nonsense',
      'Expect:',
      'Expect: 100-continue, x',
      'Expect: 200-ok',
    ]),
  );

export const methods: Oddity = (draft, random) => ({
  ...draft,
  method: pick(random, [
    ...[
      'GET',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'HEAD',
      'OPTIONS',
      'TRACE',
      'CONNECT',
      'PROPFIND',
      'SEARCH',
      'PURGE',
      'QUERY',
      'LINK',
      'M-SEARCH',
      'SOURCE',
    ],
    ...[
      'get',
      'Get',
      'gET',
      'FOO',
      'GETX',
      'GE',
      'G',
      '',
      'GET1',
      'X-Y',
      'G$T',
      'G.T',
      'G(T',
      'G"T',
      '\xc9T',
      'A'.repeat(30),
      'PRI',
      'BREW',
    ],
  ]),
});

export const versions: Oddity = (draft, random) => ({
  ...draft,
  version: pick(random, [
    'HTTP/1.0',
    'HTTP/1.1',
    'HTTP/1.2',
    'HTTP/1.9',
    'HTTP/2.0',
    'HTTP/2',
    'HTTP/0.9',
    'HTTP/3.0',
    'HTTP/1.10',
    'HTTP/1',
    'HTTP/01.1',
    'http/1.1',
    'HTTP/1.1 ',
    'HTTP /1.1',
    'HTTPS/1.1',
    'X/1.1',
    '',
    'HTTP/1,1',
  ]),
});

export const hosts: Oddity = (draft, random) =>
  withOnly(
    draft,
    'Host',
    pick(random, [
      [],
      ['Host:'],
      ['Host: '],
      ['Host: elsewhere.test'],
      ['Host: paceline.test:99999'],
      ['Host: paceline.test:x'],
      ['Host: [::1]'],
      ['Host: [::1'],
      ['Host: a b'],
      ['Host: a/b'],
      ['Host: a@b'],
      ['Host: a,b'],
      ['Host: \xe9'],
      ['Host: %41'],
      ['Host: <x>'],
      ['Host: paceline.test', 'Host: paceline.test'],
      ['Host: paceline.test', 'Host: elsewhere.test'],
      ['host: PACELINE.TEST.'],
      [`Host: ${'a'.repeat(300)}`],
    ]),
  );

/** Lines that are no header, or hardly one. */
export const headerSyntax: Oddity = (draft, random) => {
  const line = pick(random, [
    'X-A : b',
    'X-A\t: b',
    ' X-A: b',
    'X-A: b\r\n c',
    'X-A: b\r\n\tc',
    'X-A: b\r\n ',
    'X A: b',
    ': b',
    'X-A',
    'X-A;',
    'X-\xe9: b',
    'X(A): b',
    'X"A: b',
    'X@A: b',
    'X_A: b',
    "X!#$%&'*+.^`|~A: b",
    'X-A: \x01',
    'X-A: \x7f',
    'X-A: \0',
    'X-A: b\x0bc',
    'X-A: b\rc',
    'X-A: b\nX-B: c',
    'X-A:b',
    'X-A:\t\tb\t',
    'X-A: \xff\xfe',
    'X-A:',
    'x-a: b\r\nX-A: c\r\nX-a: d',
    '\x00X: b',
    'X-A=b',
    '{}: b',
  ]);
  const at = random.below(draft.headers.length + 1);
  return { ...draft, headers: draft.headers.toSpliced(at, 0, line) };
};

export const headSizes: Oddity = (draft, random) => {
  const size = pick(random, [1_000, 3_500, 7_900, 8_300, 15_000, 17_000, 40_000, 70_000, 1_100_000]);
  const count = pick(random, [20, 60, 95, 110, 210, 1_990, 2_100]);
  return pick(random, [
    () => withHeader(draft, `X-Long: ${'x'.repeat(size)}`),
    () => withHeader(draft, `${'X'.repeat(Math.min(size, 70_000))}: x`),
    () => ({ ...draft, target: `${draft.target}${draft.target.includes('?') ? '&' : '?'}x=${'y'.repeat(size)}` }),
    () => ({ ...draft, headers: [...draft.headers, ...Array.from({ length: count }, (_, index) => `X-${index}: x`)] }),
  ])();
};

/** What comes before the first line, and how lines end. */
export const lineEnds: Oddity = (draft, random) =>
  pick(random, [
    () => ({ ...draft, method: `\r\n${draft.method}` }),
    () => ({ ...draft, method: `\r\n\r\n\r\n${draft.method}` }),
    () => ({ ...draft, method: `\n${draft.method}` }),
    () => ({ ...draft, method: ` ${draft.method}` }),
    () => ({ ...draft, method: `\0${draft.method}` }),
    () => ({ ...draft, method: `\xef\xbb\xbf${draft.method}` }),
    () => ({ ...draft, method: `${draft.method} ` }),
    () => ({ ...draft, method: `${draft.method}\t` }),
    () => ({ ...draft, target: `${draft.target} ` }),
    () => ({ ...draft, target: `${draft.target} x` }),
    () => ({ ...draft, target: `${draft.target}\t` }),
    () => ({ ...draft, target: `${draft.target}\r` }),
    () => ({ ...draft, version: `${draft.version}\r` }),
    () => ({ ...draft, version: `${draft.version}\n${draft.headers[0]}`, headers: draft.headers.slice(1) }),
  ])();

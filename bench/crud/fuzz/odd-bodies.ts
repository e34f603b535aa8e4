// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of the fuzzer are written as templates are
import { type Oddity, pick, utf8 } from './draft.ts';

/** Keys of the routes' bodies, with the values that are right. */
const right: Readonly<Record<string, string>> = {
  name: '"fuzz-${case}"',
  password: '"long enough"',
  fileIds: '["${vectorFileId1}"]',
};

function keysOf(target: string): readonly string[] {
  return target.startsWith('/aggregations') ? ['fileIds'] : ['name', 'password'];
}

function objectOf(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(',')}}`;
}

/** Which keys there are, and how often. */
export const jsonKeys: Oddity = (draft, random) => {
  const keys = keysOf(draft.target);
  const entries = keys.map((key) => [`"${key}"`, right[key] as string] as const);
  const [key, value] = pick(random, entries);
  const bare = key.slice(1, -1);
  const body = pick(random, [
    () => objectOf([...entries, [key, value]]),
    () => objectOf([[key, '1'], ...entries]),
    () => objectOf([...entries, [key, '1']]),
    () => objectOf([...entries, [key, 'null'], [key, value]]),
    () => objectOf([[`"\\u${bare.charCodeAt(0).toString(16).padStart(4, '0')}${bare.slice(1)}"`, '1'], ...entries]),
    () =>
      objectOf(
        entries.map(([one, of]) => [
          one === key ? `"\\u${bare.charCodeAt(0).toString(16).padStart(4, '0')}${bare.slice(1)}"` : one,
          of,
        ]),
      ),
    () => objectOf(entries.filter(([one]) => one !== key)),
    () => objectOf([...entries, ['"extra"', '1']]),
    () => objectOf([['"__proto__"', '{}'], ...entries]),
    () => objectOf([...entries, ['"constructor"', '1']]),
    () => objectOf([...entries, ['""', '1']]),
    () => objectOf(entries.map(([one, of]) => [one.toUpperCase(), of])),
    () => objectOf(entries.map(([one, of]) => [`"${one.slice(1, -1)} "`, of])),
    () => objectOf([]),
    () => `[${objectOf(entries)}]`,
  ])();
  return { ...draft, body };
};

export const jsonValues: Oddity = (draft, random) => {
  const keys = keysOf(draft.target);
  const key = pick(random, keys);
  const value = pick(random, [
    'null',
    'true',
    '5',
    '-0',
    '1e999',
    '9'.repeat(5_000),
    '0.'.padEnd(400, '1'),
    '{}',
    '[]',
    '""',
    '"x"',
    `"${'a'.repeat(65)}"`,
    `"${'a'.repeat(128)}"`,
    `"${'a'.repeat(129)}"`,
    `"${utf8('é'.repeat(128))}"`,
    `"${utf8('😀'.repeat(128))}"`,
    `"${utf8('😀'.repeat(129))}"`,
    `"${utf8('😀'.repeat(7))}"`,
    '"e\\u0301e\\u0301e\\u0301e\\u0301"',
    '"UPPER"',
    '"with space"',
    '"line\\nbreak"',
    '"fuzz-x\\n"',
    '"nul\\u0000nul"',
    '"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00"',
    '"half \\ud83d surrogate"',
    '"half \\ude00 surrogate"',
    '"\\ufffe\\uffff\\ufdd0....."',
    '"\\u0041\\/\\b\\f\\n\\r\\t....."',
    '["${vectorFileId1}",5]',
    '["${vectorFileId1}",null]',
    '["${upper vectorFileId1}"]',
    '["x"]',
    '["{${vectorFileId1}}"]',
    '[["${vectorFileId1}"]]',
    `[${Array.from({ length: 64 }, () => '"${vectorFileId1}"')}]`,
    `[${Array.from({ length: 65 }, () => '"${vectorFileId1}"')}]`,
    '["${absentId}"]',
    '["${otherFileId1}"]',
    '["${fileId1}","${vectorFileId1}"]',
    '{"0":"${vectorFileId1}","length":1}',
  ]);
  return { ...draft, body: objectOf(keys.map((one) => [`"${one}"`, one === key ? value : (right[one] as string)])) };
};

/** Bytes that are JSON or nearly so. */
export const jsonSyntax: Oddity = (draft, random) => {
  const whole = objectOf(keysOf(draft.target).map((key) => [`"${key}"`, right[key] as string]));
  const body = pick(random, [
    '',
    ' ',
    'null',
    'true',
    '5',
    '"x"',
    '[]',
    '{',
    '}',
    `${whole}x`,
    `${whole}${whole}`,
    `${whole},`,
    `${whole}\0`,
    `\0${whole}`,
    ` \t\r\n${whole}\r\n\t `,
    `\x0b${whole}`,
    `\x0c${whole}`,
    `${utf8('\u00a0')}${whole}`,
    `${utf8('\ufeff')}${whole}`,
    whole.replace(':', ' : '),
    whole.replace(':', '='),
    whole.replaceAll('"', "'"),
    whole.replace('"', ''),
    whole.replace('}', ',}'),
    whole.replace('{', '{,'),
    whole.replace(':', ':\n/* x */'),
    `// x\n${whole}`,
    whole.replace(/:"[^"]*"/, ':NaN'),
    whole.replace(/:"[^"]*"/, ':Infinity'),
    whole.replace(/:"[^"]*"/, ':-Infinity'),
    whole.replace(/:"[^"]*"/, ':01'),
    whole.replace(/:"[^"]*"/, ':+1'),
    whole.replace(/:"[^"]*"/, ':.5'),
    whole.replace(/:"[^"]*"/, ':1.'),
    whole.replace(/:"[^"]*"/, ':-'),
    whole.replace(/:"[^"]*"/, ':0x1'),
    whole.replace(/:"[^"]*"/, ':undefined'),
    whole.replace(/:"[^"]*"/, ':True'),
    whole.replace(/:"[^"]*"/, ':"raw\ttab...."'),
    whole.replace(/:"[^"]*"/, ':"raw\nline...."'),
    whole.replace(/:"[^"]*"/, ':"raw\x7fdel...."'),
    whole.replace(/:"[^"]*"/, ':"bad\\xescape"'),
    whole.replace(/:"[^"]*"/, ':"bad\\u12g4..."'),
    whole.replace(/:"[^"]*"/, ':"bad\\u12"'),
    whole.replace(/:"[^"]*"/, ':"\xff\xfe......"'),
    whole.replace(/:"[^"]*"/, ':"\xc3"'),
    whole.replace(/:"[^"]*"/, ':"\xed\xa0\x80....."'),
    whole.replace(/:"[^"]*"/, ':"\xc0\xaf......"'),
    whole.replace(/:"[^"]*"/, ':"\xf4\x90\x80\x80...."'),
    Buffer.from('{"name":1}', 'utf16le').toString('latin1'),
    `\xff\xfe${Buffer.from('{"name":1}', 'utf16le').toString('latin1')}`,
    'name=x&password=y',
  ]);
  return { ...draft, body };
};

export const jsonDepth: Oddity = (draft, random) => {
  const [key = ''] = keysOf(draft.target);
  const depth = pick(random, [5, 100, 500, 900, 980, 998, 1_000, 1_100, 3_000, 9_999, 10_001, 30_000]);
  const nested = pick(random, [
    () => '['.repeat(depth) + ']'.repeat(depth),
    () => `{"${key}":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    () => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    () => `{"${key}":${'['.repeat(depth)}`,
    () => '['.repeat(depth),
  ])();
  return { ...draft, body: nested.slice(0, 65_536) };
};

export const bodySizes: Oddity = (draft, random) => {
  const isJson = !draft.target.startsWith('/files');
  const limit = isJson ? 65_536 : 1_048_576;
  const size = limit + pick(random, [-1, 0, 1, 2, 4_096]);
  const inside = isJson ? (draft.body ?? '') : '';
  const body =
    inside +
    (isJson ? ' ' : 'x').repeat(Math.max(0, size - (isJson ? 100 : 0) - inside.length)) +
    (isJson ? ' '.repeat(100) : '');
  return { ...draft, body };
};

import fc from 'fast-check';

/** Inputs made from what is right: a valid value, changed in a few places, written as text and then cut or soiled. */

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const character = (...codes: readonly number[]) => String.fromCharCode(...codes);
const actingText = `${character(0x1b)}[2J${character(0x9b)}31m${character(7)}`;

/** Stand for JSON that no value writes. */
const rawTexts: Readonly<Record<string, string>> = {
  deep: '['.repeat(20_000) + ']'.repeat(20_000),
  deepObject: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  infinite: '1e999',
  minusZero: '-0',
  beyondInteger: '123456789012345678901234567890',
  loneSurrogate: '"\\ud800"',
};
const rawMark = (name: string) => `raw:${name}:raw`;
const rawPattern = /"raw:(\w+):raw"/g;

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', '0', '', 'id'];
const hostileName = fc.oneof(
  fc.constantFrom(...names, 'a.b', '$x', 'x y', actingText, '{port}', 'name', 'status'),
  fc.string(),
);
const hostileText = fc.constantFrom(
  ...[
    '',
    ' ',
    actingText,
    'a\nb',
    "'",
    '"',
    '`',
    '\\',
    "x\\', process.exit(9), '",
    '$' + '{a}',
    '{port}',
    '{nothing}',
    '{env:HOME}',
  ],
  ...['../../etc/passwd', '/', '*', '(', '(a+)+$', '[', '(?<version>', '\u202e', '\ud800', 'é', '-1', '1e3', 'NaN'],
  ...['2026-01-01T00:00:00.000Z', 'http://x', 'w'.repeat(20_000), '__proto__', ':', '1/0:0/0', '0:1'],
);
const hostileNumber = fc.oneof(
  fc.constantFrom(0, -1, 0.5, 1, 2, 3, 100, 1e-9, 1e9, 2 ** 31, 2 ** 53, 1e21, 1e300, -1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** As `{"__proto__": …}` is in a file: a key of its own. */
const withName = (name: string, value: Json): Json => Object.fromEntries([[name, value]]);

const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, true, false),
  hostileNumber,
  hostileText,
  fc.constantFrom(...Object.keys(rawTexts).map(rawMark)),
  fc.constantFrom<Json>([], {}, [[]], [null], { toString: 1 }, { valueOf: null, toString: null }, { length: -1 }),
  fc.tuple(hostileName, hostileNumber).map(([name, value]) => withName(name, value)),
  fc.constant(withName('__proto__', { polluted: true })),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

/** A place among so many, drawn evenly. */
const place = fc.integer({ min: 0, max: 99_999 }).map((part) => part / 100_000);

type Edit = (value: Json, slots: readonly Slot[]) => Json;
interface Slot {
  readonly parent: Json[] | { [key: string]: Json };
  readonly key: string | number;
}

function slotsOf(value: Json): Slot[] {
  if (value === null || typeof value !== 'object') return [];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return keys.flatMap((key) => [{ parent: value, key }, ...slotsOf(valueAt({ parent: value, key }))]);
}

function valueAt({ parent, key }: Slot): Json {
  return (parent as Record<string | number, Json>)[key] as Json;
}

function put({ parent, key }: Slot, value: Json): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function drop({ parent, key }: Slot): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Of the same kind: what a schema is likely to let through. */
function similar(value: Json, number: number, text: string): Json {
  if (typeof value === 'number') return number;
  if (typeof value === 'string') return number > 1 ? text : `${value}${text}`;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return number > 1 ? [...value, ...value] : number > 0 ? value.toReversed() : [];
  return value === null ? number : Object.fromEntries(Object.entries(value).toReversed());
}

const atSlot = (change: (slot: Slot) => void, part: number): Edit => {
  return (value, slots) => {
    const slot = slots[Math.floor(part * slots.length)];
    if (slot !== undefined) change(slot);
    return value;
  };
};

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, hostileValue).map(([part, value]) => atSlot((slot) => put(slot, structuredClone(value)), part)),
  fc
    .tuple(place, hostileNumber, hostileText)
    .map(([part, number, text]) => atSlot((slot) => put(slot, similar(valueAt(slot), number, text)), part)),
  place.map((part) => atSlot(drop, part)),
  fc.tuple(place, hostileName, hostileValue).map(([part, name, value]) =>
    atSlot((slot) => {
      const inner = valueAt(slot);
      if (inner !== null && typeof inner === 'object' && !Array.isArray(inner))
        put({ parent: inner, key: name }, value);
    }, part),
  ),
  hostileValue.map((value) => () => value),
);
/** Rarely the whole value. */
const edits = fc.array(edit, { maxLength: 3 });

/** Bytes that a text may be soiled with. */
const soil = fc.constantFrom('', '\0', '"', '{', ']', '\n', ',', '\ufeff', actingText, '\\u0000', '}{', '//');

interface Soiling {
  readonly at: number;
  readonly by: string | 'cut' | 'bytes';
}
const soilings: fc.Arbitrary<readonly Soiling[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ at: place, by: fc.oneof(soil, fc.constantFrom('cut', 'bytes')) }), {
      maxLength: 2,
    }),
  },
);

function soiled(bytes: Buffer, { at, by }: Soiling): Buffer {
  const index = Math.floor(at * bytes.length);
  if (by === 'cut') return bytes.subarray(0, index);
  const inserted = by === 'bytes' ? Buffer.from([0xff, 0xfe, 0xc3]) : Buffer.from(by);
  return Buffer.concat([bytes.subarray(0, index), inserted, bytes.subarray(index)]);
}

function writtenOut(value: Json): string {
  return JSON.stringify(value).replaceAll(rawPattern, (whole, name: string) => rawTexts[name] ?? whole);
}

export interface DamageOptions {
  /** How a value becomes the text of a file; none: JSON in one line. */
  readonly write?: (json: string) => string;
}

/** Texts of files made from valid values. */
export function damaged(
  valid: readonly unknown[],
  { write = (json) => json }: DamageOptions = {},
): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.nat(valid.length - 1), edits, soilings).map(([which, changes, spots]) => {
    let value = structuredClone(valid[which]) as Json;
    for (const change of changes) value = change(value, slotsOf(value));
    return spots.reduce(soiled, Buffer.from(write(writtenOut(value))));
  });
}

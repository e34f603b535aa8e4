import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etagOf, matchesWeakly, strongVersions } from '../../../impls/_node/crud/etag.ts';

test('an entity tag is the quoted version', () => {
  assert.equal(etagOf(12), '"12"');
});

const ifMatch: [header: string, versions: number[] | null][] = [
  ['*', null],
  [' * ', null],
  ['"1"', [1]],
  ['"1", "2" ,"3"', [1, 2, 3]],
  [', "1",, "2",', [1, 2]],
  ['W/"1"', []],
  ['W/"1", "2"', [2]],
  ['"a,b", "2"', [2]],
  ['"01"', []],
  ['"2147483647"', [2147483647]],
  ['"2147483648"', []],
  ['1', []],
  ['"1', []],
  ['"1" "2"', []],
  ['"1", 2', []],
  ['*, "1"', []],
  ['', []],
];

for (const [header, versions] of ifMatch) {
  test(`If-Match: ${header} names ${versions === null ? 'every version' : `[${versions}]`} strongly`, () => {
    assert.deepEqual(strongVersions(header), versions);
  });
}

const ifNoneMatch: [header: string | undefined, matches: boolean][] = [
  [undefined, false],
  ['*', true],
  ['"7"', true],
  ['W/"7"', true],
  ['"1", W/"7"', true],
  ['"8"', false],
  ['"07"', false],
  ['7', false],
  ['"7", x', false],
];

for (const [header, matches] of ifNoneMatch) {
  test(`If-None-Match: ${header} ${matches ? 'matches' : 'does not match'} version 7 weakly`, () => {
    assert.equal(matchesWeakly(header, 7), matches);
  });
}

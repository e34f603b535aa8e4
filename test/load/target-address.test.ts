import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf, parseTarget } from '../../src/load/transport/target-address.ts';

test('the host is named as in the URL: a port that goes without saying is not said', () => {
  const named = ['http://a.test', 'http://a.test:80', 'http://a.test:443', 'https://a.test', 'http://[::1]:81/x'];
  assert.deepEqual(
    named.map((url) => hostOf(parseTarget(url))),
    ['a.test', 'a.test', 'a.test:443', 'a.test', '[::1]:81'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowed } from '../../src/cli/narrow.ts';

const table = [
  'implementation     CPU ms per request  p50 ms  trials ok',
  'crud-go              0.87 (0.84–0.89)    1.49     3 of 3',
  'crud-node-threads    1.48 (1.47–1.79)    2.33     3 of 3',
];

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

test('what fits stays as it is', () => {
  const text = `${table.join('\n')}\n\nA sentence.\n`;
  assert.equal(narrowed(text, 60), text);
});

test('a table becomes panels that each begin with the first column', () => {
  const text = narrowed(table.join('\n'), 40);
  assert.ok(widest(text) <= 40, text);
  assert.deepEqual(
    text.split('\n\n').map((panel) => panel.split('\n')),
    [
      [
        'implementation     CPU ms per request',
        'crud-go              0.87 (0.84–0.89)',
        'crud-node-threads    1.48 (1.47–1.79)',
      ],
      [
        'implementation     p50 ms  trials ok',
        'crud-go              1.49     3 of 3',
        'crud-node-threads    2.33     3 of 3',
      ],
    ],
  );
});

test('a sentence above a table is wrapped, and the table is still one', () => {
  const text = narrowed(['history at 100/s: all seven sustained it; crud-go leads CPU', ...table].join('\n'), 40);
  assert.ok(widest(text) <= 40, text);
  assert.match(text, /^history at 100\/s: all seven sustained\n {4}it; crud-go leads CPU\nimplementation /);
});

test('a sentence is wrapped at blanks and hangs; a word that is too long stays whole', () => {
  assert.equal(narrowed('  one two three four', 12), '  one two\n    three\n    four');
  assert.equal(narrowed('to results/2d60e2d51e2f/quick.json', 20), 'to\n    results/2d60e2d51e2f/quick.json');
});

test('colours take no room, and stay in sentences', () => {
  const bold = (text: string) => `\u001b[1m${text}\u001b[0m`;
  assert.equal(narrowed(`${bold('ten')} chars`, 9), `${bold('ten')} chars`);
  assert.equal(narrowed(`${bold('eleven')} chars`, 9), `${bold('eleven')}\n   chars`);
});

test('a table of thousands of rows takes no noticeable time', () => {
  const rows = Array.from({ length: 5_000 }, (_, index) =>
    [`row ${index}`.padEnd(40), '1.5'.padEnd(40), '2.5'].join(''),
  );
  assert.equal(narrowed(rows.join('\n'), 14).split('\n').length, 2 * 5_000 + 1);
});

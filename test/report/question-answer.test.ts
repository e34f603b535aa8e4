import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerHtml } from '../../src/report/html/question-answer.ts';

const assets = { script: '', style: '', scriptHash: 'sha256-a', styleHash: 'sha256-b' };

test('an answer is a page: each block with its table, its lines, and what it was made of folded', () => {
  const blocks = [
    {
      title: 'crud-go',
      table: [
        ['', 'first answer'],
        ['start 1', '12 ms'],
      ],
      lines: ['failed: <script>'],
      details: { summary: 'second by second', table: [['second'], ['0']] },
    },
    { title: 'crud-node-async', table: null, lines: [], details: null },
  ];
  const html = answerHtml({ title: 'cold-start at 100/s', context: '2 cores', blocks }, assets);
  assert.match(html, /<h1>cold-start at 100\/s<\/h1>/);
  assert.match(html, /<h2>crud-go<\/h2>.*<td>12 ms<\/td>.*<details><summary>second by second<\/summary>/s);
  assert.match(html, /<li>failed: &lt;script&gt;<\/li>/);
  assert.match(html, /<h2>crud-node-async<\/h2><\/section>/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { comparisonMarkdown, markdownLimit } from '../../src/report/text/markdown.ts';
import { compareOptions } from '../support/compared.ts';
import { manifest, okTrials, runResult } from '../support/run-result.ts';

function markdownOf(logTail: string): string {
  const failed = {
    status: 'failed' as const,
    manifest: manifest('crud-go'),
    code: 'build-failed',
    message: 'no',
    logTail,
  };
  const base = runResult({ runId: 'a', trials: [], implementations: [failed] });
  return comparisonMarkdown(compareRuns(base, runResult({ runId: 'b', trials: okTrials(3) }), compareOptions));
}

test('what a build printed is one block of code, whatever it holds', () => {
  const markdown = markdownOf('main.go:3: \u001b[31msyntax error\u001b[0m\n```\n</details>@someone\n');
  assert.ok(markdown.includes('````text\nmain.go:3: syntax error\n```\n</details>@someone\n````\n'), markdown);
});

test('of a long output the end is shown', () => {
  const markdown = markdownOf('a line of it\n'.repeat(100_000).concat('the error'));
  assert.ok(Buffer.byteLength(markdown) < markdownLimit / 4);
  assert.match(markdown, /```text\n…\na line of it\n/);
  assert.match(markdown, /the error\n```/);
});

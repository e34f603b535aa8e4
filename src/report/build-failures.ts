import type { BuildFailureFacts, RunComparison } from '../model/comparison.ts';
import { fold } from './html-cell.ts';
import { escapeMarkdown } from './markdown.ts';
import { type Child, h } from './markup.ts';

/** Of each tool's output: enough for the error, short enough for a comment. */
const mostShownLength = 6_000;

/** Folded blocks of code, each with the end of what a build tool printed. */
export function buildFailuresMarkdown({ buildFailures }: RunComparison): string[] {
  return printing(buildFailures).map((failure) => {
    const log = shownLog(failure);
    const fence = '`'.repeat(Math.max(3, longestRun(log) + 1));
    const summary = escapeMarkdown(summaryOf(failure));
    return `<details><summary>${summary}</summary>\n\n${fence}text\n${log}\n${fence}\n\n</details>`;
  });
}

export function buildFailuresSection({ buildFailures }: RunComparison): Child {
  const folds = printing(buildFailures).map((failure) => fold(summaryOf(failure), h('pre', {}, shownLog(failure))));
  if (folds.length === 0) return null;
  return h('section', { class: 'about', id: 'build-failures' }, h('h2', {}, 'What the builds printed'), ...folds);
}

function printing(failures: readonly BuildFailureFacts[]): BuildFailureFacts[] {
  return failures.filter(({ logTail }) => logTail.trim() !== '');
}

function summaryOf({ side, implementation }: BuildFailureFacts): string {
  return `what ${side}’s build of ${implementation} printed`;
}

/** Without colours and other control characters. */
function shownLog({ logTail }: BuildFailureFacts): string {
  const plain = logTail.replaceAll(controls, '').trimEnd();
  if (plain.length <= mostShownLength) return plain;
  const end = plain.slice(-mostShownLength);
  return `…\n${end.slice(end.indexOf('\n') + 1)}`;
}

/** All but tab and line feed, with what a terminal reads after an escape. */
const controls = /[^\P{Cc}\t\n](?:\[[\d;?]*[A-Za-z])?/gu;

/** Of backticks: a fence must be longer. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

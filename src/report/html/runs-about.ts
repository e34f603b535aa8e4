import type { RunComparison } from '../../model/comparison.ts';
import type { RunsReport } from '../runs-model.ts';
import { comparisonTables, logSummary, methodText, tableRemarks, withLog } from '../tables/comparison-table.ts';
import { type Child, collapsible, h, type Markup } from './markup.ts';

/** What follows the figures: what is not there and why, what builds printed, how it was judged, and how to repeat it. */
export function runsAbout(report: RunsReport): Child[] {
  const [comparison] = report.comparisons;
  const isJudged = report.outcome !== null;
  return [
    ...(isJudged && comparison !== undefined ? [remarkSection(comparison), buildFailuresSection(comparison)] : []),
    aboutSection(report),
    repeatSection(report),
  ];
}

/** What has no table of its own, and why. */
function remarkSection(comparison: RunComparison): Child {
  const items = tableRemarks(comparisonTables(comparison)).map(({ remark, titles }) =>
    h('li', {}, h('b', {}, remark), `: ${titles.join('; ')}`),
  );
  if (items.length === 0) return null;
  return h('section', { class: 'about', id: 'remarks' }, h('h2', {}, 'Not compared'), h('ul', {}, ...items));
}

function buildFailuresSection({ buildFailures }: RunComparison): Child {
  const folds = withLog(buildFailures).map((failure) =>
    collapsible(logSummary(failure), h('pre', {}, failure.logTail)),
  );
  if (folds.length === 0) return null;
  return h('section', { class: 'about', id: 'build-failures' }, h('h2', {}, 'What the builds printed'), ...folds);
}

const verdictMeanings: readonly (readonly [string, string])[] = [
  [
    'better, worse',
    'The whole interval lies on one side of no change (and of the machine’s noise floor, where that is known), the estimate is at least the smallest change that matters, and p, adjusted over all that gates, is small enough.',
  ],
  ['same', 'The whole interval lies within the smallest change that matters: shown to be no change that matters.'],
  ['inconclusive', 'Neither: more pairs are needed. Not the same as “same”.'],
  ['too few', 'With so few trials no result could have been significant.'],
  ['not comparable', 'The machine, a setting, the contract or the workload differ, or a side has no value.'],
];

/** Of runs for a look only the change is explained: nothing is judged. */
function aboutSection({ outcome, comparisons: [comparison] }: RunsReport): Markup {
  const change =
    'Change: of a further run against the first, Hodges–Lehmann with its 95 % interval; with few trials there is none. Left of the line is better. Nothing here is judged: `compare` and `ci` do that.';
  return h(
    'section',
    { class: 'about', id: 'method' },
    h('h2', {}, 'How to read this'),
    h('p', {}, outcome === null || comparison === undefined ? change : methodText(comparison)),
    outcome === null
      ? null
      : h(
          'dl',
          { class: 'facts' },
          ...verdictMeanings.map(([term, text]) => h('div', {}, h('dt', {}, term), h('dd', {}, text))),
        ),
  );
}

function repeatSection({ runs }: RunsReport): Child {
  const commands = [...new Set(runs.flatMap(({ command }) => command ?? []))];
  if (commands.length === 0) return null;
  return h('section', { class: 'about', id: 'repeat' }, h('h2', {}, 'Repeat it'), h('pre', {}, commands.join('\n')));
}

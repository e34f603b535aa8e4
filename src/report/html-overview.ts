import type { Answer } from './answer.ts';
import { plainTable } from './html-detail.ts';
import { type Child, h, type Markup } from './markup.ts';
import type { Cell } from './model.ts';

/** Every question's answer in a word: the first screen of a run with several. */
export function overviewTable(cells: readonly Cell[]): Markup {
  const answers = cells.flatMap((cell) => cell.answers).filter((answer) => answer.metricId !== null);
  const subjects = [...new Set(answers.map((answer) => answer.subject))];
  const lines = cells.map((cell): Child[] => [
    h('a', { href: `#${cell.id}` }, cell.place.replace(/^at /, '')),
    ...subjects.map((subject) => shortAnswer(cell.answers.find((answer) => answer.subject === subject))),
  ]);
  return h(
    'section',
    { class: 'cell overview' },
    plainTable(subjects.length === 0 ? 'The questions' : 'The answers at a glance', ['Question', ...subjects], lines),
  );
}

function shortAnswer(answer: Answer | undefined): Child {
  if (answer === undefined) return '–';
  if (answer.verdict === 'too-few') return 'too few trials';
  const names = answer.parts.filter(({ strong }) => strong).map(({ text }) => text);
  if (answer.verdict === 'told-apart') return h('b', {}, names.join(', '));
  return names.length > 3 ? `cannot tell apart: ${names.length} of them` : `cannot tell apart: ${names.join(', ')}`;
}

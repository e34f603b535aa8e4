import { headingOf } from './cells.ts';
import { formatNumber, formatRange } from './format.ts';
import type { Group, Slope } from './group.ts';
import { cellSection } from './html-cell.ts';
import { chartBlock } from './html-chart.ts';
import { plainTable } from './html-detail.ts';
import { sign } from './html-series.ts';
import { largestText } from './largest-cluster.ts';
import { type Child, h, type Markup } from './markup.ts';

/** One workload at all its rates. */
export function groupSection(group: Group): Markup {
  const folded = group.cells.length > 1;
  return h(
    'section',
    { class: 'group', id: group.id },
    h('h2', {}, groupTitle(group)),
    ...group.cells.map((cell) => cellSection(cell, { heading: headingOf(cell), folded })),
    folded
      ? h(
          'section',
          { class: 'cell' },
          h('h3', {}, acrossTitle(group)),
          largestList(group),
          chartBlock(group.charts),
          slopeTable(group),
        )
      : null,
  );
}

function acrossTitle({ cells }: Group): string {
  return cells.some(({ ratePerSec }) => ratePerSec > 0) ? 'From rate to rate' : 'From size to size';
}

function largestList({ largest }: Group): Child {
  if (largest.length === 0) return null;
  return h('ul', { class: 'notes' }, ...largest.map((one) => h('li', {}, largestText(one))));
}

function slopeTable(group: Group): Child {
  if (group.slopes.length === 0) return null;
  const lines = group.slopes.map((slope): Child[] => [
    [sign(slope.who.style), slope.who.implementation],
    formatNumber(slope.marginalMsPerRequest),
    formatNumber(slope.restingMsPerSec),
    idleText(group, slope),
  ]);
  return plainTable(
    'What one more request costs: a straight line through the CPU used at each rate (least squares, every trial that counts)',
    ['Who', 'CPU for one more request, ms', 'the line at no load, ms/s', 'measured while idle, ms/s'],
    lines,
  );
}

function idleText(group: Group, slope: Slope): string {
  const rows = group.cells.flatMap((cell) => cell.rows).filter((row) => row.who === slope.who);
  const idle = rows.map((row) => row.figures['idle-cpu'] ?? null).find((range) => range !== null);
  return idle === undefined ? '–' : formatRange('ms/s', idle);
}

function groupTitle(group: { readonly workload: string; readonly temperature: string }): string {
  return group.temperature === 'young' ? `${group.workload}, young` : group.workload;
}

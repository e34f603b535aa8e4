import { box, line, svg, type Theme, text } from './svg.ts';

interface Room {
  readonly name: string;
  readonly what: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const height = 56;
const rows = { cli: 12, ci: 98, run: 184, five: 270, stats: 356, model: 442 };
const five = ['load', 'target', 'probe', 'database', 'store'] as const;
const fiveWhat: Readonly<Record<(typeof five)[number], string>> = {
  load: 'pacing, HTTP',
  target: 'builds, processes',
  probe: 'CPU, memory',
  database: 'PostgreSQL',
  store: 'result files',
};

const rooms: readonly Room[] = [
  { name: 'cli', what: 'the command line', x: 20, y: rows.cli, width: 780 },
  { name: 'ci', what: 'two commits in alternating pairs', x: 20, y: rows.ci, width: 582 },
  { name: 'report', what: 'terminal, Markdown, page', x: 620, y: rows.ci, width: 180 },
  { name: 'run', what: 'scenarios and trials', x: 20, y: rows.run, width: 582 },
  { name: 'compare', what: 'verdicts', x: 620, y: rows.run, width: 180 },
  ...five.map((name, index) => ({ name, what: fiveWhat[name], x: 20 + index * 118, y: rows.five, width: 110 })),
  { name: 'stats', what: 'quantiles, intervals, tests', x: 20, y: rows.stats, width: 780 },
  { name: 'model', what: 'the types of a result', x: 20, y: rows.model, width: 780 },
];

/** The rooms of src: an arrow says "imports". Rooms below are known to rooms above, never the other way. */
export function roomsPicture(theme: Theme): string {
  const arrows = [
    [311, rows.cli, rows.ci],
    [740, rows.cli, rows.ci],
    [311, rows.ci, rows.run],
    [740, rows.ci, rows.run],
    ...five.map((_, index) => [75 + index * 118, rows.run, rows.five] as const),
    ...five.map((_, index) => [75 + index * 118, rows.five, rows.stats] as const),
    [740, rows.run, rows.stats],
    [410, rows.stats, rows.model],
  ] as const;
  return svg(820, 510, `The rooms of src: ${rooms.map(({ name }) => name).join(', ')}`, [
    ...arrows.map(([x, from, to]) => arrow(x, from + height, to, theme.muted)),
    line(`M560 ${rows.ci + height}v14H680`, theme.muted),
    arrow(680, rows.ci + height + 14, rows.run, theme.muted),
    ...rooms.flatMap((room) => roomParts(room, theme)),
  ]);
}

function roomParts({ name, what, x, y, width }: Room, theme: Theme): string[] {
  return [
    box(x, y, width, height, theme.surface, theme.line),
    text(x + width / 2, y + 24, name, { fill: theme.ink, isBold: true, anchor: 'middle' }),
    text(x + width / 2, y + 44, what, { fill: theme.muted, anchor: 'middle', size: 12 }),
  ];
}

function arrow(x: number, from: number, to: number, stroke: string): string {
  return line(`M${x} ${from}V${to - 1}M${x - 4} ${to - 7}L${x} ${to - 1}L${x + 4} ${to - 7}`, stroke);
}

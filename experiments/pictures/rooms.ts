import { box, line, svg, type Theme, text } from './svg.ts';

interface Room {
  readonly name: string;
  /** A line each. */
  readonly what: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const height = 58;
const gap = 30;
const left = 20;
const right = 800;
const column = { width: 110, step: 118 };
/** What measures (left) and what judges and prints (right) share only what is at the bottom. */
const measuringWidth = 4 * column.step + column.width;
const judging = { x: 620, width: right - 620 };
const tall = 3 * height + 2 * gap;
const step = height + gap;
const rows = { cli: 12, ci: 12 + step, run: 12 + 2 * step, parts: 12 + 3 * step };
const shared = rows.parts + tall + 44;
const model = shared + step;

function part(index: number, name: string, what: readonly string[], y = rows.parts, roomHeight = tall): Room {
  return { name, what, x: left + index * column.step, y, width: column.width, height: roomHeight };
}

function wide(name: string, what: string, x: number, y: number, width: number): Room {
  return { name, what: [what], x, y, width, height };
}

const parts: readonly Room[] = [
  part(0, 'load', ['the generator:', 'pace,', 'transport,', 'accounting'], rows.parts, 2 * height + gap),
  part(0, 'k6', ['the other one'], rows.parts + 2 * step, height),
  part(1, 'fuzz', ['drawn requests'], rows.parts, height),
  part(1, 'conformance', ['contracts'], rows.parts + step, height),
  part(1, 'target', ['builds, processes'], rows.parts + 2 * step, height),
  part(2, 'probe', ['CPU, memory,', 'noise']),
  part(3, 'database', ['PostgreSQL']),
  part(4, 'profile', ['sampled stacks'], rows.parts, height),
  part(4, 'store', ['result files'], rows.parts + step, 2 * height + gap),
];

const rooms: readonly Room[] = [
  wide('cli', 'the command line', left, rows.cli, right - left),
  wide('ci', 'two commits in alternating pairs', left, rows.ci, 380),
  wide('config', 'a user’s own service', left + 400, rows.ci, measuringWidth - 400),
  wide('report', 'build, charts, text, page', judging.x, rows.ci, judging.width),
  wide('run', 'a scenario: trial, session, conform, primitives, capacity', left, rows.run, measuringWidth),
  wide('compare', 'verdicts', judging.x, rows.run, judging.width),
  ...parts,
  wide('os', 'processes, ports, signals, git', left, shared, 228),
  wide('stats', 'quantiles, intervals, tests, random numbers', 266, shared, right - 266),
  wide('model', 'the types of a result, a scenario and a workload', left, model, right - left),
];

/** The rooms of src: an arrow says "imports". Rooms below are known to rooms above, never the other way. */
export function roomsPicture(theme: Theme): string {
  const middle = left + measuringWidth / 2;
  const judge = judging.x + judging.width / 2 + 30;
  const centres = [0, 1, 2, 3, 4].map((index) => left + index * column.step + column.width / 2);
  const second = centres[1] as number;
  const below = rows.parts + tall;
  const bus = below + 16;
  const arrows = [
    ...[middle, judge].flatMap((x) => [rows.cli, rows.ci].map((y) => [x, y + height, y + step] as const)),
    ...centres.map((x) => [x, rows.run + height, rows.parts] as const),
    ...[0, 1].map((index) => [second, rows.parts + index * step + height, rows.parts + (index + 1) * step] as const),
    [134, bus, shared],
    [429, bus, shared],
    [judge, rows.run + height, shared],
    [134, shared + height, model],
    [533, shared + height, model],
  ] as const;
  // From ci to compare, past report.
  const turn = rows.ci + height + gap / 2;
  return svg(820, model + height + 12, `The rooms of src: ${rooms.map(({ name }) => name).join(', ')}`, [
    ...arrows.map(([x, from, to]) => arrow(x, from, to, theme.muted)),
    line(`M560 ${rows.ci + height}V${turn}H660`, theme.muted),
    arrow(660, turn, rows.run, theme.muted),
    ...centres.map((x) => line(`M${x} ${below}V${bus}`, theme.muted)),
    line(`M${centres[0]} ${bus}H${centres[4]}`, theme.muted),
    ...rooms.flatMap((room) => roomParts(room, theme)),
  ]);
}

function roomParts({ name, what, x, y, width, height: roomHeight }: Room, theme: Theme): string[] {
  const centre = x + width / 2;
  const first = y + roomHeight / 2 - 9 * what.length + 4;
  return [
    box(x, y, width, roomHeight, theme.surface, theme.line),
    text(centre, first, name, { fill: theme.ink, isBold: true, anchor: 'middle' }),
    ...what.map((words, index) =>
      text(centre, first + 20 + 18 * index, words, { fill: theme.muted, anchor: 'middle', size: 12 }),
    ),
  ];
}

function arrow(x: number, from: number, to: number, stroke: string): string {
  return line(`M${x} ${from}V${to - 1}M${x - 4} ${to - 7}L${x} ${to - 1}L${x + 4} ${to - 7}`, stroke);
}

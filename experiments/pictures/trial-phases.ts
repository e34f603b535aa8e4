import { box, line, svg, type Theme, text } from './svg.ts';

interface PhaseBox {
  readonly title: string;
  readonly what: string;
}

/** In the order of src/run's trial: a test compares the titles with `phases` of src/model/trial.ts. */
export const phaseBoxes: readonly PhaseBox[] = [
  { title: 'copy-database', what: 'a fresh copy of one template' },
  { title: 'start', what: 'a fresh process, in a control group of its own' },
  { title: 'idle', what: 'CPU and memory with no request' },
  { title: 'connect', what: 'the generator opens its connections' },
  { title: 'warm-up', what: 'a fixed number of requests' },
  { title: 'measure', what: 'the open loop; CPU and memory are sampled' },
  { title: 'after-load', what: 'memory after the last answer' },
  { title: 'invariants', what: 'do the rows match the answers?' },
  { title: 'stop', what: 'SIGTERM; exit code 0 within 10 s' },
];

const size = { width: 820, left: 40, boxLeft: 60, boxWidth: 600, rowHeight: 38, boxHeight: 30, top: 16 };

/** The phases of a trial from top to bottom, and beside them what undoes each in reverse order. */
export function trialPhasesPicture(theme: Theme): string {
  const foot = size.top + phaseBoxes.length * size.rowHeight;
  const height = foot + 44;
  const right = size.boxLeft + size.boxWidth + 28;
  return svg(size.width, height, `The phases of a trial: ${phaseBoxes.map(({ title }) => title).join(', ')}`, [
    ...phaseBoxes.flatMap((phase, row) => boxParts(phase, size.top + row * size.rowHeight, theme)),
    arrow(size.left, size.top, foot - 8, theme.ink),
    arrow(right, foot - 8, size.top, theme.muted),
    text(right + 14, size.top + 40, 'disposers run', { fill: theme.muted, size: 13 }),
    text(right + 14, size.top + 58, 'in reverse,', { fill: theme.muted, size: 13 }),
    text(right + 14, size.top + 76, 'on every path', { fill: theme.muted, size: 13 }),
    text(size.boxLeft, foot + 22, 'The trial ends as ok, overloaded, invalid or failed.', {
      fill: theme.ink,
      isBold: true,
    }),
  ]);
}

function boxParts({ title, what }: PhaseBox, y: number, theme: Theme): string[] {
  const isMeasured = title === 'measure';
  const stroke = isMeasured ? theme.accent : theme.line;
  return [
    box(size.boxLeft, y, size.boxWidth, size.boxHeight, theme.surface, stroke),
    text(size.boxLeft + 14, y + 20, title, { fill: isMeasured ? theme.accent : theme.ink, isBold: true }),
    text(size.boxLeft + 160, y + 20, what, { fill: theme.muted }),
  ];
}

function arrow(x: number, from: number, to: number, stroke: string): string {
  const back = to > from ? -7 : 7;
  return line(`M${x} ${from}V${to}M${x - 5} ${to + back}L${x} ${to}L${x + 5} ${to + back}`, stroke);
}

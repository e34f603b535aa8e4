import { box, line, svg, type Theme, text } from './svg.ts';

const at = { due: 120, awake: 240, sent: 400, done: 700 };
const size = { width: 820, height: 250, axis: 96 };

/** Due, sent and done of one request, and what the four spans between them are called. */
export function requestTimesPicture(theme: Theme): string {
  return svg(
    size.width,
    size.height,
    'A request is due, then sent, then done. Response is done minus due, service is done minus sent, send delay is sent minus due.',
    [
      line(`M40 ${size.axis}H780M773 ${size.axis - 5}L780 ${size.axis}L773 ${size.axis + 5}`, theme.muted),
      text(780, size.axis + 22, 'time', { fill: theme.muted, anchor: 'end' }),
      ...moment(at.due, 'due', 'by the schedule', theme),
      ...moment(at.sent, 'sent', 'written to the socket', theme),
      ...moment(at.done, 'done', 'last byte of the answer', theme),
      ...span(at.due, at.awake, 116, 'generator delay', theme.third, theme),
      ...span(at.awake, at.sent, 116, 'connection wait', theme.third, theme),
      ...span(at.due, at.sent, 150, 'send delay', theme.third, theme),
      ...span(at.sent, at.done, 150, 'service', theme.second, theme),
      ...span(at.due, at.done, 192, 'response: the headline', theme.accent, theme),
    ],
  );
}

function moment(x: number, name: string, what: string, theme: Theme): string[] {
  return [
    text(x, 40, name, { fill: theme.ink, isBold: true, anchor: 'middle', size: 16 }),
    text(x, 60, what, { fill: theme.muted, anchor: 'middle', size: 13 }),
    line(`M${x} 70V236`, theme.line, ' stroke-dasharray="3 3"'),
    `<circle cx="${x}" cy="${size.axis}" r="5" fill="${theme.ink}"/>`,
  ];
}

function span(from: number, to: number, y: number, name: string, color: string, theme: Theme): string[] {
  return [
    box(from + 2, y, to - from - 4, 24, theme.surface, color),
    text((from + to) / 2, y + 17, name, { fill: theme.ink, anchor: 'middle', size: 13 }),
  ];
}

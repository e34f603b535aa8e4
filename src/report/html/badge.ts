import { lineText } from '../../model/foreign-text.ts';
import { h } from './markup.ts';

export interface Badge {
  readonly label: string;
  readonly message: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

const fills = { good: '#0b6b50', bad: '#9c2f10', plain: '#44546a' } as const;
const height = 20;
const charWidth = 6.6;
const padding = 6;
const maxChars = 60;

/** A picture of two words for a README: no font, script or address from elsewhere, and every text escaped. */
export function badgeSvg(badge: Badge): string {
  const label = shortText(badge.label);
  const message = shortText(badge.message);
  const [labelWidth, messageWidth] = [widthOf(label), widthOf(message)];
  const width = labelWidth + messageWidth;
  const title = `${label}: ${message}`;
  const svg = h(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': title,
    },
    h('title', {}, title),
    h('rect', { width, height, rx: 3, fill: fills[badge.tone] }),
    h('path', { d: `M3 0H${labelWidth}V${height}H3A3 3 0 0 1 0 ${height - 3}V3A3 3 0 0 1 3 0Z`, fill: '#333' }),
    h(
      'g',
      {
        fill: '#fff',
        'font-family': 'Verdana,Geneva,DejaVu Sans,sans-serif',
        'font-size': 11,
        'text-anchor': 'middle',
      },
      textAt(label, labelWidth / 2),
      textAt(message, labelWidth + messageWidth / 2),
    ),
  );
  return `${svg.html}\n`;
}

function shortText(text: string): string {
  const characters = [...lineText(text)];
  return characters.length > maxChars ? `${characters.slice(0, maxChars).join('')}…` : characters.join('');
}

function widthOf(text: string): number {
  return Math.round([...text].length * charWidth) + 2 * padding;
}

/** As wide as was reckoned, whatever the font. */
function textAt(text: string, x: number) {
  const textLength = Math.max(1, widthOf(text) - 2 * padding);
  return h('text', { x, y: 14, textLength, lengthAdjust: 'spacingAndGlyphs' }, text);
}

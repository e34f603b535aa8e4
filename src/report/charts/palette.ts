/** Light: screen and paper; dark: screens that ask for it. */
type ThemeName = 'light' | 'dark';

/**
 * A language's hue in both themes. Any two stay apart for readers who see neither red nor green (a test simulates both), and
 * each has a contrast of 3 to 1 with its paper.
 */
export const hues = {
  node: { light: '#084bf4', dark: '#2f94ec' },
  bun: { light: '#2b066e', dark: '#9a3df5' },
  deno: { light: '#15586c', dark: '#83e9fc' },
  go: { light: '#084835', dark: '#0fd77a' },
  rust: { light: '#644716', dark: '#f3ead6' },
  java: { light: '#e02aa9', dark: '#ea89af' },
  python: { light: '#e36207', dark: '#db7a24' },
  other: { light: '#898179', dark: '#77706a' },
} as const;

/** A concurrency model's marker, around (0, 0), and the dash of its line. */
export const marks = {
  circle: { path: 'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z', dash: [] },
  triangle: { path: 'M0 -4.2L4.2 3.4L-4.2 3.4Z', dash: [] },
  square: { path: 'M-3.2 -3.2H3.2V3.2H-3.2Z', dash: [7, 3] },
  diamond: { path: 'M0 -4.4L4.4 0L0 4.4L-4.4 0Z', dash: [2, 3] },
  cross: { path: 'M-4 -1.5H-1.5V-4H1.5V-1.5H4V1.5H1.5V4H-1.5V1.5H-4Z', dash: [9, 3, 2, 3] },
} as const satisfies Record<string, { readonly path: string; readonly dash: readonly number[] }>;

/** How many implementations of one language and model can be told apart. */
export const shadeCount = 3;

/** Of each shade: how much of the paper's opposite, or of the paper, is mixed into the hue. */
const shadeMixes = [0, 0.35, -0.3] as const;

const papers: Readonly<Record<ThemeName, { readonly ink: string; readonly paper: string }>> = {
  light: { ink: '#1d1d1b', paper: '#fdfdfb' },
  dark: { ink: '#e7e5df', paper: '#151618' },
};

const greys: Readonly<Record<ThemeName, Readonly<Record<string, string>>>> = {
  light: { muted: '#5f5e59', rule: '#dddbd3', faint: '#f3f2ed', alert: '#9c2f10', good: '#0b6b50' },
  dark: { muted: '#a8a69d', rule: '#37383b', faint: '#1e1f22', alert: '#ff9a76', good: '#5fd3a8' },
};

/** How an implementation looks on every page: a hue for its language, a marker and dash for its concurrency model. */
export interface SeriesStyle {
  readonly family: keyof typeof hues;
  readonly mark: keyof typeof marks;
  /** 0, unless another of the same language and model is on the page. */
  readonly shade: number;
}

/** "#rrggbb" */
export function seriesColor({ family, shade }: Pick<SeriesStyle, 'family' | 'shade'>, theme: ThemeName): string {
  const mix = shadeMixes[shade % shadeCount] ?? 0;
  const hue = hues[family][theme];
  return mix >= 0 ? mixed(hue, papers[theme].ink, mix) : mixed(hue, papers[theme].paper, -mix);
}

function mixed(color: string, other: string, otherRatio: number): string {
  const channel = (at: number) => {
    const [own = 0, added = 0] = [color, other].map((text) => Number.parseInt(text.slice(at, at + 2), 16));
    return Math.round(own + (added - own) * otherRatio)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

/** The colours of the page as style sheet: by the reader's preference, or by the page's own switch. Paper is light. */
export function paletteCss(): string {
  return [
    `:root{${variables('light')}}`,
    `@media screen{:root[data-theme=dark]{${variables('dark')}}}`,
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables('dark')}}}`,
    ...allStyles().map((style) => `.${styleName(style)}{--series:var(--${styleName(style)})}`),
  ].join('\n');
}

export function styleName({ family, shade }: Pick<SeriesStyle, 'family' | 'shade'>): string {
  return `${family}-${shade}`;
}

function variables(theme: ThemeName): string {
  const series = allStyles().map((style) => [styleName(style), seriesColor(style, theme)] as const);
  const named = [...Object.entries({ ...papers[theme], ...greys[theme] }), ...series];
  return [`color-scheme:${theme}`, ...named.map(([name, color]) => `--${name}:${color}`)].join(';');
}

function allStyles(): Pick<SeriesStyle, 'family' | 'shade'>[] {
  const families = Object.keys(hues) as SeriesStyle['family'][];
  return families.flatMap((family) => Array.from({ length: shadeCount }, (_, shade) => ({ family, shade })));
}

import type { Series, SeriesStyle } from '../model.ts';

/** The page's colours as they are now (light, dark, paper), and whom the reader has singled out. */
export interface Look {
  readonly ink: string;
  readonly quiet: string;
  readonly rule: string;
  readonly paper: string;
  readonly alert: string;
  readonly font: string;
  /** With transparency: recorded series are fainter, and those that are not singled out fainter still. */
  colorOf(series: Series): string;
  dashOf(style: SeriesStyle): number[];
}

export function readLook(singled: string | null): Look {
  const root = getComputedStyle(document.documentElement);
  const named = (name: string) => root.getPropertyValue(`--${name}`).trim();
  return {
    ink: named('ink'),
    quiet: named('quiet'),
    rule: named('rule'),
    paper: named('paper'),
    alert: named('alert'),
    font: named('figures'),
    colorOf: ({ style, recordedOn, label }) => {
      const alpha = (recordedOn === null ? 1 : 0.5) * (singled === null || singled === label ? 1 : 0.15);
      return withAlpha(named(`${style.family}-${style.variant}`), alpha);
    },
    dashOf,
  };
}

/** Dashes are the style sheet's, so that the signs in tables and the lines in charts agree. */
function dashOf(style: SeriesStyle): number[] {
  const probe = document.querySelector(`.${style.family}-${style.variant}`);
  const dash = probe === null ? '' : getComputedStyle(probe).getPropertyValue('--dash');
  return dash.trim() === '' ? [] : dash.trim().split(' ').map(Number);
}

/** `color` is #rrggbb. */
function withAlpha(color: string, alphaRatio: number): string {
  const alpha = Math.round(alphaRatio * 255).toString(16);
  return `${color}${alpha.padStart(2, '0')}`;
}

/** Milliseconds with three significant digits; a dash where unknown. */
export function msText(valueMs: number | null): string {
  return valueMs === null ? '–' : `${Number(valueMs.toPrecision(3))} ms`;
}

export function mibText(bytes: number | null): string {
  return bytes === null ? '–' : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** cli-table3 without lines: columns are told apart by their alignment alone. */
export const plainChars = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);

export function megabytesText(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

import type { FunctionDifference, ProfileDifference } from '../../model/comparison.ts';
import type { FunctionTime, Profile } from '../../model/profile.ts';
import { formatNumber } from '../format.ts';

export interface ProfileColumn<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  text(row: Row): string;
}

type Place = Pick<FunctionTime, 'name' | 'file'>;

const placeColumns: readonly ProfileColumn<Place>[] = [
  { head: 'function', align: 'left', text: ({ name }) => name },
  { head: 'file', align: 'left', text: ({ file }) => file ?? '' },
];

/** Milliseconds of 1,000 requests. */
export const functionColumns: readonly ProfileColumn<FunctionTime>[] = [
  { head: 'self ms', align: 'right', text: ({ selfMs }) => formatNumber(selfMs) },
  { head: 'total ms', align: 'right', text: ({ totalMs }) => formatNumber(totalMs) },
  ...placeColumns,
];

export const differenceColumns: readonly ProfileColumn<FunctionDifference>[] = [
  { head: 'self change', align: 'right', text: ({ baseSelfMs, headSelfMs }) => signed(headSelfMs - baseSelfMs) },
  { head: 'base', align: 'right', text: ({ baseSelfMs }) => formatNumber(baseSelfMs) },
  { head: 'head', align: 'right', text: ({ headSelfMs }) => formatNumber(headSelfMs) },
  { head: 'total change', align: 'right', text: ({ baseTotalMs, headTotalMs }) => signed(headTotalMs - baseTotalMs) },
  { head: 'base', align: 'right', text: ({ baseTotalMs }) => formatNumber(baseTotalMs) },
  { head: 'head', align: 'right', text: ({ headTotalMs }) => formatNumber(headTotalMs) },
  ...placeColumns,
];

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatNumber(Math.abs(value))}`;
}

/** So many functions are read; the files have all. */
export const shownFunctionCount = { terminal: 10, markdown: 15, page: 40 } as const;

export function profileTitle({ implementation, workload, ratePerSec }: Profile | ProfileDifference): string {
  return `Profile of ${implementation}, ${workload} at ${ratePerSec}/s: ms of 1,000 requests`;
}

/** How much of the CPU the table explains, where the files are, or why there is none. */
export function profileRemarks(profile: Profile): string[] {
  if (profile.status === 'missing') return [`No profile: ${profile.reason}. Remedy: ${profile.remedy}.`];
  return [
    `CPU ${formatNumber(profile.cpuMs)} ms, of which the profiler saw ${formatNumber(profile.sampledMs)} ms; it costs time itself, so this trial is in no comparison.`,
    openingText(profile.files),
  ];
}

export function differenceRemarks({ base, head }: ProfileDifference): string[] {
  const sides = [
    ['base', base],
    ['head', head],
  ] as const;
  return sides.flatMap(([name, { missing, cpuMs, sampledMs, files }]) =>
    missing === null
      ? [
          `${name}: CPU ${formatNumber(cpuMs ?? 0)} ms, of which the profiler saw ${formatNumber(sampledMs ?? 0)} ms; ${files.join(', ')}.`,
        ]
      : [`${name}: no profile: ${missing}.`],
  );
}

function openingText(files: readonly string[]): string {
  return `Beside the result: ${files.join(', ')}. Open them with speedscope, the .pb.gz also with go tool pprof.`;
}

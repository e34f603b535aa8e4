import type { ProfileDifference } from '../../model/comparison.ts';
import { presentable } from '../../model/foreign-text.ts';
import type { Profile } from '../../model/profile.ts';
import {
  differenceColumns,
  differenceRemarks,
  functionColumns,
  type ProfileColumn,
  profileRemarks,
  profileTitle,
  shownFunctionCount,
} from '../tables/profile-table.ts';
import { alignedLines, clip, lineWidth, paragraph, type TerminalStyles, terminalStyles } from './terminal.ts';

/** The profiles of a run, with an empty line behind; empty where there are none. */
export function profilesText(
  { profiles }: { readonly profiles: readonly Profile[] },
  { color }: { color: boolean },
): string {
  return presentable(profiles)
    .map((profile) => `${profileText(profile, terminalStyles(color))}\n\n`)
    .join('');
}

export function profileText(profile: Profile, { bold, dim }: TerminalStyles): string {
  const functions = profile.status === 'profiled' ? profile.functions : [];
  return [
    bold(profileTitle(profile)),
    ...tableLines(functionColumns, functions),
    ...profileRemarks(profile).map((line) => dim(paragraph(line))),
  ].join('\n');
}

export function differenceText(difference: ProfileDifference, { bold, dim }: TerminalStyles): string {
  return [
    bold(profileTitle(difference)),
    ...tableLines(differenceColumns, difference.rows),
    ...differenceRemarks(difference).map((line) => dim(paragraph(line))),
  ].join('\n');
}

/** Function and file stand last, where a long one can be cut. */
function tableLines<Row>(columns: readonly ProfileColumn<Row>[], rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, shownFunctionCount.terminal);
  const table = [columns.map(({ head }) => head), ...shown.map((row) => columns.map(({ text }) => text(row)))];
  const aligns = columns.map(({ align }) => align);
  return alignedLines(table, { aligns, gap: 'after' }).map((line) => clip(line, lineWidth));
}

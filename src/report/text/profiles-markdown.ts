import type { ProfileDifference } from '../../model/comparison.ts';
import { markdownText } from '../../model/foreign-text.ts';
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

export function profileMarkdown(profile: Profile): string {
  const functions = profile.status === 'profiled' ? profile.functions : [];
  return block(profileTitle(profile), tableMarkdown(functionColumns, functions), profileRemarks(profile));
}

export function differenceMarkdown(difference: ProfileDifference): string {
  const table = tableMarkdown(differenceColumns, difference.rows);
  return block(profileTitle(difference), table, differenceRemarks(difference));
}

function block(title: string, table: string, remarks: readonly string[]): string {
  return [
    `#### ${markdownText(title)}`,
    ...(table === '' ? [] : [table]),
    remarks.map((line) => `- ${markdownText(line)}`).join('\n'),
  ].join('\n\n');
}

function tableMarkdown<Row>(columns: readonly ProfileColumn<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows
      .slice(0, shownFunctionCount.markdown)
      .map((row) => line(columns.map(({ text }) => markdownText(text(row))))),
  ].join('\n');
}

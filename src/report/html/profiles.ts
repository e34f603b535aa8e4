import type { ProfileDifference } from '../../model/comparison.ts';
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
import { type Child, h, type Markup, plainTable } from './markup.ts';

/** Of a run: where the time of each profiled implementation went. */
export function profilesSection(profiles: readonly Profile[]): Child {
  return profiles.map((profile) =>
    section(
      profileTitle(profile),
      profile.implementation,
      profileRemarks(profile),
      table(profileTitle(profile), functionColumns, profile.status === 'profiled' ? profile.functions : []),
    ),
  );
}

/** Of a comparison: what base and head spend, by function. */
export function profileDifferencesSection(differences: readonly ProfileDifference[]): Child {
  return differences.map((one) =>
    section(
      profileTitle(one),
      one.implementation,
      differenceRemarks(one),
      table(profileTitle(one), differenceColumns, one.rows),
    ),
  );
}

function section(title: string, implementation: string, remarks: readonly string[], content: Child): Markup {
  return h(
    'section',
    { class: 'question', id: `profile-${implementation.replace('@', '-')}` },
    h('h2', {}, title),
    content,
    ...remarks.map((line) => h('p', { class: 'aside' }, line)),
  );
}

function table<Row>(caption: string, columns: readonly ProfileColumn<Row>[], rows: readonly Row[]): Child {
  if (rows.length === 0) return null;
  const shown = rows.slice(0, shownFunctionCount.page);
  // A row is named by its function, which the terminal has last.
  const ordered = [
    ...columns.filter(({ align }) => align === 'left'),
    ...columns.filter(({ align }) => align === 'right'),
  ];
  return plainTable(
    caption,
    ordered.map(({ head }) => head),
    shown.map((row) => ordered.map(({ text }) => text(row))),
  );
}

import { type PriceName, priceInputs } from '../price-inputs.ts';

/** What the reader has chosen to see. All of it is in the address, so that a link shows what its sender saw. */
export interface View {
  /** Implementations and rates that are not shown. */
  readonly hidden: ReadonlySet<string>;
  readonly hiddenRates: ReadonlySet<string>;
  readonly latency: 'response' | 'service';
  readonly percentile: number;
  readonly scale: 'auto' | 'linear' | 'logarithmic';
  /** What ratios are over; null: the cheapest of each table. */
  readonly baseline: string | null;
  readonly highlighted: string | null;
  /** The reader's own; those that are not named are the page's. */
  readonly prices: Readonly<Partial<Record<PriceName, number>>>;
  /** By table. */
  readonly sorts: ReadonlyMap<string, Sort>;
  /** Where on the page. */
  readonly anchor: string | null;
}

export interface Sort {
  readonly column: number;
  readonly isDescending: boolean;
}

export const initialView: View = {
  hidden: new Set(),
  hiddenRates: new Set(),
  latency: 'response',
  percentile: 50,
  scale: 'auto',
  baseline: null,
  highlighted: null,
  prices: {},
  sorts: new Map(),
  anchor: null,
};

/** Of "#question" or "#at=question&hide=crud-go&percentile=99"; what makes no sense is as if it were not there. */
export function viewOf(hash: string): View {
  const text = hash.replace(/^#/, '');
  if (text !== '' && !text.includes('=')) return { ...initialView, anchor: decoded(text) };
  const fields = new URLSearchParams(text);
  const percentile = Number(fields.get('percentile') ?? initialView.percentile);
  return {
    hidden: new Set(fields.getAll('hide')),
    hiddenRates: new Set(fields.getAll('hide-rate')),
    latency: fields.get('latency') === 'service' ? 'service' : 'response',
    percentile: percentile > 0 && percentile < 100 ? percentile : initialView.percentile,
    scale: scaleOf(fields.get('scale')),
    baseline: fields.get('base'),
    highlighted: fields.get('highlight'),
    prices: pricesOf(fields),
    sorts: new Map(fields.getAll('sort').flatMap(sortOf)),
    anchor: fields.get('at'),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function scaleOf(text: string | null): View['scale'] {
  return text === 'linear' || text === 'logarithmic' ? text : 'auto';
}

function pricesOf(fields: URLSearchParams): View['prices'] {
  return Object.fromEntries(
    priceInputs.flatMap(({ name, min }) => {
      const text = fields.get(name) ?? '';
      const value = Number(text);
      return text.trim() !== '' && Number.isFinite(value) && value >= min ? [[name, value]] : [];
    }),
  );
}

/** "table:3" or "table:-3", the first column being 1. */
function sortOf(text: string): [string, Sort][] {
  const [, table, column] = /^(.+):(-?\d+)$/.exec(text) ?? [];
  const number = Number(column);
  if (table === undefined || !Number.isInteger(number) || number === 0) return [];
  return [[table, { column: Math.abs(number) - 1, isDescending: number < 0 }]];
}

/** Empty for the view that the page opens with; only what differs from it is named. */
export function hashOf(view: View): string {
  const fields = [
    ...[...view.hidden].map((id) => ['hide', id]),
    ...[...view.hiddenRates].map((rate) => ['hide-rate', rate]),
    ...(view.latency === initialView.latency ? [] : [['latency', view.latency]]),
    ...(view.percentile === initialView.percentile ? [] : [['percentile', String(view.percentile)]]),
    ...(view.scale === initialView.scale ? [] : [['scale', view.scale]]),
    ...(view.baseline === null ? [] : [['base', view.baseline]]),
    ...(view.highlighted === null ? [] : [['highlight', view.highlighted]]),
    ...Object.entries(view.prices).map(([name, value]) => [name, String(value)]),
    ...[...view.sorts].map(([table, { column, isDescending }]) => [
      'sort',
      `${table}:${isDescending ? '-' : ''}${column + 1}`,
    ]),
  ];
  if (fields.length === 0) return view.anchor === null ? '' : `#${encodeURIComponent(view.anchor)}`;
  return `#${new URLSearchParams([...(view.anchor === null ? [] : [['at', view.anchor]]), ...fields])}`;
}

/** Without the member if it was there, else with it. */
export function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const others = [...set].filter((one) => one !== member);
  return new Set(others.length < set.size ? others : [...set, member]);
}

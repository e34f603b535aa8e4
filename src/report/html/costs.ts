import { formatMoney, machinePerHour } from '../cost.ts';
import type { CostRow, QuestionCosts, ReportCosts, ReportModel } from '../model.ts';
import { priceInputs, pricesAsInputs } from '../price-inputs.ts';
import { type CostColumn, costColumns, costFormulas, costLimits, costTitle, oneLine } from '../tables/cost-table.ts';
import { marker } from './charts.ts';
import { type Child, collapsible, h, type Markup, plainTable, type TableRow } from './markup.ts';

/** What a million requests cost; the reader's own prices take the place of the run's where there is a script. */
export function costsSection({ costs }: ReportModel): Child {
  if (costs === null) return null;
  const [only, ...others] = costs.questions;
  return h(
    'section',
    { class: 'question costs', id: 'costs' },
    h('h2', {}, costTitle),
    pricesLine(costs),
    collapsible('What each costs, at your own prices too', [
      pricesForm(costs),
      ...(others.length === 0 && only !== undefined
        ? [costTable(only, costs.prices.currency)]
        : costs.questions.map((question, index) => questionFold(question, costs.prices.currency, index === 0))),
      h('ul', { class: 'notes' }, ...costFormulas.map((line) => h('li', {}, line))),
      h('p', { class: 'aside' }, costLimits),
    ]),
  );
}

/** The first is open, so that a reader who changes a price sees what follows. */
function questionFold(question: QuestionCosts, currency: string, isOpen: boolean): Markup {
  return h(
    'section',
    { class: 'folds', 'data-rate': question.ratePerSec },
    h(
      'details',
      { open: isOpen ? '' : null },
      h('summary', {}, upperFirst(question.conditions)),
      costTable(question, currency),
    ),
  );
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function pricesLine({ prices }: ReportCosts): Markup {
  const { name, currency, machine, perVcpuHour, perGibHour } = prices;
  const shown = (input: string, value: number) => h('span', { 'data-price': input }, String(value));
  return h(
    'p',
    { class: 'aside' },
    'Prices: ',
    h('span', { 'data-prices-name': name }, name),
    ': ',
    shown('vcpu-hour', perVcpuHour),
    ` ${currency} per vCPU-hour, `,
    shown('gib-hour', perGibHour),
    ` ${currency} per GiB-hour, a machine of `,
    shown('machine-vcpu', machine.vcpuCount),
    ' vCPU and ',
    shown('machine-gib', machine.memoryGib),
    ' GiB at ',
    h('span', { 'data-machine-price': '' }, formatMoney(machinePerHour(prices))),
    ` ${currency} an hour.`,
  );
}

function pricesForm({ prices }: ReportCosts): Markup {
  const values = pricesAsInputs(prices);
  const inputs = priceInputs.map(({ name, label, min }) =>
    h(
      'label',
      {},
      `${label} `,
      h('input', { type: 'number', name, min, step: 'any', value: values[name], inputmode: 'decimal' }),
    ),
  );
  return h(
    'fieldset',
    { class: 'prices', id: 'prices' },
    h('legend', {}, `Your own prices in ${prices.currency}, and machine`),
    ...inputs,
    h('button', { type: 'button', class: 'tool' }, 'As they were'),
  );
}

function costTable({ conditions, ratePerSec, rows }: QuestionCosts, currency: string): Markup {
  const columns = costColumns(currency);
  return plainTable(
    `${costTitle} ${conditions}`,
    columns.map(({ head }) => oneLine(head)),
    rows.map((row) => tableRow(row, ratePerSec, columns)),
  );
}

function tableRow(row: CostRow, ratePerSec: number, columns: readonly CostColumn[]): TableRow {
  const { implementation, usage } = row;
  return {
    attributes: {
      'data-implementation': implementation.id,
      'data-cpu-ms': usage.cpuMsPerRequest,
      'data-memory-bytes': usage.memoryBytes,
      'data-rate-per-sec': ratePerSec,
    },
    cells: columns.map(({ priced, text }, index) => {
      if (index === 0) return [marker(implementation.style), text(row)];
      return priced === undefined ? text(row) : h('span', { 'data-cost': priced }, text(row));
    }),
  };
}

import { costOfMillion, formatMoney, machinePerHour } from '../cost.ts';
import { inputsAsPrices, type PriceName, type PriceValues, priceInputs } from '../price-inputs.ts';
import { type CostName, costTexts } from '../tables/cost-table.ts';
import type { View } from './view.ts';

type Change = (change: Partial<View>) => void;

/** What the reader types is a price as soon as it is one; what is none is taken back when the field is left. */
export function listenToPrices(change: Change, viewNow: () => View): void {
  const form = document.getElementById('prices');
  form?.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.value === '' || !target.validity.valid) return;
    const { [target.name as PriceName]: _, ...others } = viewNow().prices;
    const isAsItWas = target.valueAsNumber === Number(target.defaultValue);
    change({ prices: isAsItWas ? others : { ...others, [target.name]: target.valueAsNumber } });
  });
  form?.addEventListener('change', () => showInputs(valuesOf(viewNow())));
  form?.querySelector('button')?.addEventListener('click', () => change({ prices: {} }));
}

/** Every sum of money on the page, at the prices of the view. */
export function showCosts(view: View): void {
  const form = document.getElementById('prices');
  if (form === null) return;
  const fold = form.closest('details');
  // A link with prices shows what its sender saw.
  if (fold !== null && Object.keys(view.prices).length > 0) fold.open = true;
  const values = valuesOf(view);
  const prices = inputsAsPrices(values);
  showInputs(values);
  for (const span of document.querySelectorAll<HTMLElement>('[data-price]'))
    span.textContent = String(values[span.dataset.price as PriceName]);
  for (const span of document.querySelectorAll<HTMLElement>('[data-prices-name]'))
    span.textContent = Object.keys(view.prices).length === 0 ? (span.dataset.pricesName ?? '') : 'your own';
  for (const span of document.querySelectorAll('[data-machine-price]'))
    span.textContent = formatMoney(machinePerHour(prices));
  for (const row of document.querySelectorAll<HTMLElement>('#costs tr[data-cpu-ms]')) {
    const { cpuMs, memoryBytes, ratePerSec } = row.dataset;
    const usage = { cpuMsPerRequest: Number(cpuMs), memoryBytes: Number(memoryBytes), ratePerSec: Number(ratePerSec) };
    const cost = costOfMillion(usage, prices);
    for (const cell of row.querySelectorAll<HTMLElement>('[data-cost]'))
      cell.textContent = costTexts[cell.dataset.cost as CostName](cost);
  }
}

/** A field in which the reader is typing is left alone as long as it means the same. */
function showInputs(values: PriceValues): void {
  for (const input of inputs()) {
    const value = values[input.name as PriceName];
    if (input.value === '' || !input.validity.valid || input.valueAsNumber !== value) input.value = String(value);
  }
}

function valuesOf({ prices }: View): PriceValues {
  const own = Object.fromEntries(inputs().map(({ name, defaultValue }) => [name, Number(defaultValue)]));
  return { ...(own as PriceValues), ...prices };
}

function inputs(): HTMLInputElement[] {
  const names: readonly string[] = priceInputs.map(({ name }) => name);
  return [...document.querySelectorAll<HTMLInputElement>('#prices input')].filter(({ name }) => names.includes(name));
}

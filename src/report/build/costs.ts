import type { Prices } from '../../model/prices.ts';
import { costOfMillion } from '../cost.ts';
import type { CostRow, Question, QuestionCosts, ReportCosts } from '../model.ts';

/** Of every question in which requests were sent, what a million of them cost; null: no prices, or no such figure. */
export function buildCosts(questions: readonly Question[], prices: Prices | null): ReportCosts | null {
  if (prices === null) return null;
  const priced = questions.map((question) => questionCosts(question, prices)).filter(({ rows }) => rows.length > 0);
  return priced.length === 0 ? null : { prices, questions: priced };
}

function questionCosts({ id, conditions, ratePerSec, rows }: Question, prices: Prices): QuestionCosts {
  const known = ratePerSec === 0 ? [] : rows.flatMap((row) => costRow(row, ratePerSec, prices));
  return { id, conditions, ratePerSec, rows: known.sort((a, b) => a.cost.sum - b.cost.sum) };
}

function costRow({ implementation, figures }: Question['rows'][number], ratePerSec: number, prices: Prices): CostRow[] {
  const [cpu, memory] = [figures['cpu-per-request'], figures['memory-peak']];
  if (cpu == null || memory == null) return [];
  const usage = { cpuMsPerRequest: cpu.median, memoryBytes: memory.median, ratePerSec };
  return [{ implementation, usage, cost: costOfMillion(usage, prices) }];
}

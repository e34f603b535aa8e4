import type { BudgetRoute, LifecycleFile } from '../vectors/contract-file.ts';
import { startVectorRun } from '../vectors/vector-run.ts';
import { type CheckOptions, type CheckResult, checkResult, performSteps, runSetup } from './check-result.ts';

export interface StatementCalls {
  readonly query: string;
  readonly callCount: number;
}

interface StatementBudgetOptions extends CheckOptions {
  readonly file: LifecycleFile;
  /** The service's, by route. */
  readonly budgets: Readonly<Record<string, number>>;
  /** Forgets all calls so far. */
  resetStatements(): Promise<void>;
  /** The application role's calls since then. */
  statementCalls(): Promise<readonly StatementCalls[]>;
}

/** The queue is looked at every 15 s whatever is asked: far less than one statement more a request. */
const tolerance = 0.25;

/** Counts the statements of each route: its rounds one after the other, after some that do not count. One check a route. */
export async function checkStatementBudgets(options: StatementBudgetOptions): Promise<readonly CheckResult[]> {
  const { routes } = options.file.statementBudgets;
  const { run, failure } = await runSetup(options, options.file.setup);
  run.close();
  if (failure !== null) return [failure];
  const described = new Set(routes.map(({ route }) => route));
  const missing = Object.keys(options.budgets).filter((route) => !described.has(route));
  const checks = missing.map((route) => checkResult(route, false, 'lifecycle.json has no steps for this budget'));
  for (const route of routes) checks.push(await checkRoute(route, { ...options, variables: run.variables }));
  return checks;
}

async function checkRoute(route: BudgetRoute, options: StatementBudgetOptions): Promise<CheckResult> {
  const budget = options.budgets[route.route];
  if (budget === undefined) return checkResult(route.route, false, 'the service has no budget for this route');
  const { warmupCount, countedCount } = route;
  const requestCount = String(warmupCount + countedCount);
  const run = startVectorRun({ ...options, variables: { ...options.variables, requestCount } });
  const rounds = async (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      const problem = await performSteps(run, [{ set: { index: String(index) } }, ...route.steps]);
      if (problem !== null) return problem;
    }
    return null;
  };
  try {
    const early = (await performSteps(run, route.prepare)) ?? (await rounds(0, warmupCount));
    if (early !== null) return checkResult(route.route, false, early);
    await options.resetStatements();
    const late = await rounds(warmupCount, warmupCount + countedCount);
    if (late !== null) return checkResult(route.route, false, late);
    return checkBudget(route, budget, await options.statementCalls(), options.file.statementBudgets.notCounted);
  } finally {
    run.close();
  }
}

function checkBudget(
  { route, countedCount, notCounted }: BudgetRoute,
  budget: number,
  calls: readonly StatementCalls[],
  neverCounted: readonly RegExp[],
): CheckResult {
  const counted = calls.filter(({ query }) => ![...neverCounted, ...notCounted].some((pattern) => pattern.test(query)));
  const perRequest = counted.reduce((sum, { callCount }) => sum + callCount, 0) / countedCount;
  const list = counted.map(
    ({ query, callCount }) => `\n    ${(callCount / countedCount).toFixed(2)} × ${oneLine(query)}`,
  );
  const detail = `${perRequest.toFixed(2)} statements a request, budget ${budget}`;
  return perRequest <= budget + tolerance
    ? checkResult(route, true, detail)
    : checkResult(route, false, detail + list.join(''));
}

function oneLine(query: string): string {
  return query.replace(/\s+/g, ' ').slice(0, 160);
}

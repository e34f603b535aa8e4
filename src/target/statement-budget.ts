import { checked, type LifecycleCheck, type LifecycleOptions, performAll, prepareRun } from './lifecycle.ts';
import type { BudgetRoute, LifecycleFile } from './lifecycle-file.ts';
import { startVectorRun } from './vector-run.ts';

export interface StatementCalls {
  readonly query: string;
  readonly callCount: number;
}

export interface StatementBudgetOptions extends LifecycleOptions {
  readonly file: LifecycleFile;
  /** The service's, by route. */
  readonly budgets: Readonly<Record<string, number>>;
  /** Forgets all calls so far. */
  resetStatements(): Promise<void>;
  /** The application role's calls since then. */
  statementCalls(): Promise<readonly StatementCalls[]>;
}

/** The queue is looked at every 15 s whatever is asked: far less than one statement more a request. */
const slack = 0.25;

/** Counts the statements of each route: its rounds one after the other, after some that do not count. One check a route. */
export async function checkStatementBudgets(options: StatementBudgetOptions): Promise<readonly LifecycleCheck[]> {
  const { routes } = options.file.statementBudgets;
  const { run, failure } = await prepareRun(options, options.file.setup);
  run.close();
  if (failure !== null) return [failure];
  const described = new Set(routes.map(({ route }) => route));
  const missing = Object.keys(options.budgets).filter((route) => !described.has(route));
  const checks = missing.map((route) => checked(route, false, 'lifecycle.json has no steps for this budget'));
  for (const route of routes) checks.push(await checkRoute(route, { ...options, variables: run.variables }));
  return checks;
}

async function checkRoute(route: BudgetRoute, options: StatementBudgetOptions): Promise<LifecycleCheck> {
  const budget = options.budgets[route.route];
  if (budget === undefined) return checked(route.route, false, 'the service has no budget for this route');
  const { warmupCount, countedCount } = route;
  const requestCount = String(warmupCount + countedCount);
  const run = startVectorRun({ ...options, variables: { ...options.variables, requestCount } });
  const rounds = async (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      const problem = await performAll(run, [{ set: { index: String(index) } }, ...route.steps]);
      if (problem !== null) return problem;
    }
    return null;
  };
  try {
    const early = (await performAll(run, route.prepare)) ?? (await rounds(0, warmupCount));
    if (early !== null) return checked(route.route, false, early);
    await options.resetStatements();
    const late = await rounds(warmupCount, warmupCount + countedCount);
    if (late !== null) return checked(route.route, false, late);
    return judge(route, budget, await options.statementCalls(), options.file.statementBudgets.notCounted);
  } finally {
    run.close();
  }
}

function judge(
  { route, countedCount, notCounted }: BudgetRoute,
  budget: number,
  calls: readonly StatementCalls[],
  neverCounted: readonly RegExp[],
): LifecycleCheck {
  const counted = calls.filter(({ query }) => ![...neverCounted, ...notCounted].some((pattern) => pattern.test(query)));
  const perRequest = counted.reduce((sum, { callCount }) => sum + callCount, 0) / countedCount;
  const list = counted.map(
    ({ query, callCount }) => `\n    ${(callCount / countedCount).toFixed(2)} × ${oneLine(query)}`,
  );
  const detail = `${perRequest.toFixed(2)} statements a request, budget ${budget}`;
  return perRequest <= budget + slack ? checked(route, true, detail) : checked(route, false, detail + list.join(''));
}

function oneLine(query: string): string {
  return query.replace(/\s+/g, ' ').slice(0, 160);
}

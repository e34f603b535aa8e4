/** A new order, each equally likely (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], below: (bound: number) => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = below(last + 1);
    [order[last], order[chosen]] = [order[chosen] as T, order[last] as T];
  }
  return order;
}

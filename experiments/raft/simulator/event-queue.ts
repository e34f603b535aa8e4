/** What happens next in virtual time; of equal times what was put in first. */
export interface EventQueue<T> {
  push(atUs: number, event: T): void;
  /** The earliest; undefined: nothing is left. */
  pop(): { readonly atUs: number; readonly event: T } | undefined;
}

interface Item<T> {
  readonly atUs: number;
  readonly order: number;
  readonly event: T;
}

/** A binary heap. */
export function createEventQueue<T>(): EventQueue<T> {
  const heap: Item<T>[] = [];
  let order = 0;

  function isEarlier(a: number, b: number): boolean {
    const [one, other] = [heap[a] as Item<T>, heap[b] as Item<T>];
    return one.atUs < other.atUs || (one.atUs === other.atUs && one.order < other.order);
  }

  function swap(a: number, b: number): void {
    const held = heap[a] as Item<T>;
    heap[a] = heap[b] as Item<T>;
    heap[b] = held;
  }

  function rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isEarlier(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function sink(): void {
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && isEarlier(child, least)) least = child;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  }

  return {
    push(atUs, event) {
      heap.push({ atUs, order: order++, event });
      rise(heap.length - 1);
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}

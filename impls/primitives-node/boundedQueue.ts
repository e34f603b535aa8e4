/** A queue between async functions: `push` waits while it is full, `take` while it is empty. */
export interface BoundedQueue<T> {
  push(item: T): Promise<void> | void;
  take(): Promise<T> | T;
}

export function createBoundedQueue<T>(room: number): BoundedQueue<T> {
  const items: T[] = [];
  let head = 0;
  let waitingTaker: ((item: T) => void) | null = null;
  const waitingPushers: (() => void)[] = [];
  const length = () => items.length - head;

  /** Drops what was taken, now and then: shifting at each take would move the whole queue. */
  function forget(): void {
    if (head < room) return;
    items.splice(0, head);
    head = 0;
  }

  return {
    push(item) {
      if (waitingTaker !== null) {
        const take = waitingTaker;
        waitingTaker = null;
        take(item);
        return;
      }
      items.push(item);
      if (length() < room) return;
      return new Promise((resolve) => waitingPushers.push(resolve));
    },
    take() {
      if (length() === 0) {
        return new Promise((resolve) => {
          waitingTaker = resolve;
        });
      }
      const item = items[head] as T;
      head += 1;
      forget();
      waitingPushers.shift()?.();
      return item;
    },
  };
}

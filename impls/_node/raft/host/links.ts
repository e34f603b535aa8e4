import { nowUs } from './clock.ts';

/** One way to one other node: opened on first use, closed when it has not been used for a while. */
export interface Link<T> {
  send(item: T): void;
  close(): void;
}

export interface Links<T> {
  send(to: number, item: T): void;
  /** The link is broken: the next use opens another. */
  forget(to: number): void;
}

interface Open<T> {
  readonly link: Link<T>;
  usedUs: number;
}

/** Of messages for a node (where they wait on links, on each of them): one more is lost, as on any network. */
export const maxWaiting = 65_536;

const idleUs = 5_000_000;

export function createLinks<T>(open: (to: number) => Link<T>): Links<T> {
  const links = new Map<number, Open<T>>();
  let sweeper: NodeJS.Timeout | null = null;

  function sweep(): void {
    const oldestUs = nowUs() - idleUs;
    for (const [to, { link, usedUs }] of links) {
      if (usedUs >= oldestUs) continue;
      link.close();
      links.delete(to);
    }
    // Nothing is open: nothing to wake up for.
    if (links.size === 0 && sweeper !== null) {
      clearInterval(sweeper);
      sweeper = null;
    }
  }

  return {
    send(to, item) {
      const known = links.get(to) ?? { link: open(to), usedUs: 0 };
      known.usedUs = nowUs();
      links.set(to, known);
      sweeper ??= setInterval(sweep, idleUs / 1000).unref();
      known.link.send(item);
    },
    forget(to) {
      links.get(to)?.link.close();
      links.delete(to);
    },
  };
}

import type { Entry } from '../core/message.ts';

/** The paper's state machine: what the committed commands have made of the keys. */
export interface Store {
  apply(entries: readonly Entry[]): void;
  get(key: string): string | undefined;
}

export function createStore(): Store {
  const values = new Map<string, string>();
  return {
    apply(entries) {
      for (const { command } of entries) {
        const at = command.indexOf('=');
        // The no-op and commands without a key change nothing.
        if (at > 0) values.set(command.slice(0, at), command.slice(at + 1));
      }
    },
    get: (key) => values.get(key),
  };
}

export function putCommand(key: string, value: string): string {
  return `${key}=${value}`;
}

/** A command that only makes a log longer. */
export const fillerCommand = '=';

import { terminalText } from '../model/foreign-text.ts';
import { withoutSecrets } from '../os/secrets.ts';

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface GuardedStream extends Stream {
  /** For what moves a terminal's cursor; its texts have been made visible before. */
  writeControl(text: string): unknown;
}

/** Texts name the command as it is typed in the checkout; an installed one is called by its own name. */
function asTypedHere(text: string, isInstalled: boolean): string {
  return isInstalled ? text.replaceAll(/npm run (-s )?bench --/g, 'npx paceline') : text;
}

/**
 * A stream to which nothing is written that acts on a terminal, whoever wrote the text, and no secret; colours of paceline pass.
 */
export function guarded(stream: Stream, isInstalled = false): GuardedStream {
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns;
    },
    write: (text) => stream.write(withoutSecrets(asTypedHere(terminalText(text), isInstalled))),
    writeControl: (text) => stream.write(withoutSecrets(text)),
  };
}

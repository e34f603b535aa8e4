import { terminalText, visibleLines } from '../model/foreign-text.ts';
import { withoutSecrets } from '../os/secrets.ts';
import { narrowed } from './narrow.ts';

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface GuardedStream extends Stream {
  /** Text for people: on a terminal no wider than it is. What programs read is written. */
  print(text: string): unknown;
  /** The same with colours: of texts whose foreign parts were made presentable. */
  paint(text: string): unknown;
  /** For what moves a terminal's cursor; its texts have been made visible before. */
  writeControl(text: string): unknown;
}

/** Texts name the command as it is typed in the checkout; an installed one is called by its own name. */
function asTypedHere(text: string, isInstalled: boolean): string {
  return isInstalled ? text.replaceAll(/npm run (-s )?bench( --)?/g, 'npx paceline') : text;
}

/**
 * A stream to which nothing is written that acts on a terminal, whoever wrote the text, and no secret.
 */
export function guarded(stream: Stream, isInstalled = false): GuardedStream {
  const shown = (text: string) => withoutSecrets(asTypedHere(text, isInstalled));
  return {
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns;
    },
    write: (text) => stream.write(shown(visibleLines(text))),
    print: (text) => stream.write(fitted(shown(visibleLines(text)), stream)),
    paint: (text) => stream.write(fitted(shown(terminalText(text)), stream)),
    writeControl: (text) => stream.write(withoutSecrets(text)),
  };
}

/** Narrower, a column would hold no word. */
export const minWidth = 20;

function fitted(text: string, { isTTY, columns = 0 }: Stream): string {
  return isTTY === true && columns > 0 ? narrowed(text, Math.max(minWidth, columns)) : text;
}

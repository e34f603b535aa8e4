/**
 * Texts that others decide: commit subjects, CPU models, names, reasons, logs, whatever a result file says. Only this
 * file turns them into terminal text, Markdown, HTML, XML, CSV, JSON, a word or a part of a path.
 */

/**
 * Control characters but tab and line feed; format characters (directions, byte order marks, tags) but the joiners of
 * scripts and emoji; line separators; halves of surrogate pairs.
 */
const unprintable = /[^\P{Cc}\t\n]|[^\P{Cf}\u200c\u200d]|[\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Colours that a tool put into its output say nothing here. */
const colourCodes = new RegExp(`${String.fromCharCode(27)}\\[[\\d;:]*m`, 'g');

/** Characters that cannot be seen, but act, as `\u001b`: nothing vanishes, and inside JSON it is the same text. */
export function visibleText(text: string): string {
  return text.replaceAll(unprintable, escapedUnits);
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

const maxWordLength = 300;
const shownWordLength = 120;
const maxTextLength = 1_000;

/** A text for one line, of a length that can be read. */
export function lineText(text: string): string {
  return visibleText(clipped(text.replaceAll(colourCodes, '')).replaceAll(/[\t\r\n]+/g, ' '));
}

const longWord = new RegExp(`\\S{${maxWordLength + 1},}`, 'g');

/** No word and no text that fills screens. */
function clipped(text: string): string {
  const shown = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}… (${text.length} characters)` : text;
  if (shown.length <= maxWordLength) return shown;
  return shown.replaceAll(longWord, (word) => `${word.slice(0, shownWordLength)}… (${word.length} characters)`);
}

/** Of a tool's output: enough for the error, short enough for a comment. */
const maxLogLength = 6_000;

/** The end of a log, with its lines. */
export function logText(log: string): string {
  const plain = visibleText(log.replaceAll(colourCodes, '').replaceAll('\r\n', '\n')).trimEnd();
  const end = plain.slice(-maxLogLength);
  const whole = plain.length <= maxLogLength ? plain : `…\n${end.slice(end.indexOf('\n') + 1)}`;
  return whole.split('\n').map(clipped).join('\n');
}

/** Keys of texts with lines of their own. */
const logKeys: ReadonlySet<string> = new Set(['logTail']);

/** A copy of plain data in which every text, names of fields included, is fit for a line; logs keep their lines. */
export function presentable<T>(data: T): T {
  return copyOf(data, '', new Map()) as T;
}

/** What is one object in the data is one object in the copy. */
function copyOf(value: unknown, key: string, copies: Map<object, unknown>): unknown {
  if (typeof value === 'string') return logKeys.has(key) ? logText(value) : lineText(value);
  if (value === null || typeof value !== 'object') return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy = Array.isArray(value)
    ? value.map((item) => copyOf(item, key, copies))
    : Object.fromEntries(Object.entries(value).map(([name, item]) => [lineText(name), copyOf(item, name, copies)]));
  copies.set(value, copy);
  return copy;
}

/** The colours that paceline itself paints with (see terminalStyles). */
const ownColours = new RegExp(`(${String.fromCharCode(27)}\\[(?:0|1|2|31|32|33)m)`);

/** What may reach a terminal: our own colours, whole lines, and nothing else that acts. */
export function terminalText(text: string): string {
  const pieces = text.split(ownColours);
  return pieces.map((piece, index) => (index % 2 === 1 ? piece : visibleLines(piece))).join('');
}

/** The same without any colour: of texts that are not painted, and that others may have written. */
export function visibleLines(text: string): string {
  return text.split('\r\n').map(visibleText).join('\r\n');
}

/** Text that stays text in Markdown: no markup, no table cell, heading, item, mention or formula of its own, one line. */
export function markdownText(text: string): string {
  return lineText(text)
    .replaceAll(/[\\|*_`<>[\]~$&]/g, (sign) => `\\${sign}`)
    .replaceAll(/\s+/g, ' ')
    .replace(/^([#+=-]+)(?=\s|$)/, '\\$1')
    .replace(/^(\d+)([.)])(?=\s)/, '$1\\$2')
    .replaceAll(/@(?=\w)/g, '@&#8203;');
}

/** A code span: no backtick inside, one line. */
export function markdownCode(text: string): string {
  return `\`${lineText(text).replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``;
}

/** A block of code whose fence is longer than any run of backticks inside. */
export function markdownFence(log: string): string {
  const text = logText(log);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${text}\n${fence}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML and XML, as content and inside quotes. */
export function htmlText(text: string): string {
  return visibleText(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Inside an XML comment no two hyphens may meet, nor may one end it. */
export function xmlComment(text: string): string {
  return `<!-- ${lineText(text).replaceAll(/-(?=-)/g, '- ')} -->`;
}

/** JSON inside a script element: nothing in it can end the element or the line. */
export function scriptJson(data: unknown): string {
  return visibleText(JSON.stringify(data)).replaceAll(/[<>&]/g, (sign) => escapedUnits(sign));
}

/** A field of a CSV file (RFC 4180) that no spreadsheet takes for a formula; null is empty. */
export function csvField(field: string | number | boolean | null): string {
  if (typeof field !== 'string') return field === null ? '' : String(field);
  const text = lineText(field).trimStart();
  const harmless = /^[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One word: for formats that are told apart by blanks. */
export function wordText(text: string): string {
  return lineText(text).trim().replaceAll(/\s+/g, '_');
}

const maxFileNameLength = 80;

/** A part of a file's name: no separator, no leading dot, never empty. */
export function fileNamePart(text: string): string {
  const safe = text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+/, '');
  return safe.slice(0, maxFileNameLength) || 'unnamed';
}

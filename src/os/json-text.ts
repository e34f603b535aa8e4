/** Parses JSON as people save it: a byte order mark at its beginning, which no error message could show, is passed over. */
export function parseJsonText(text: string): unknown {
  return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
}

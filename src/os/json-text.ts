/** Nothing that paceline reads has a tenth of this; what goes through a value calls itself at each level. */
const maxDepth = 500;

/**
 * Parses JSON as people save it: a byte order mark at its beginning, which no error message could show, is passed over. Throws
 * SyntaxError, also for what is nested so deeply that no reader could go through it.
 */
export function parseJsonText(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const value: unknown = JSON.parse(json);
  if (depthOf(json) > maxDepth) throw new SyntaxError(`lists and objects are nested more than ${maxDepth} deep`);
  return value;
}

/** Of text that is JSON. */
function depthOf(json: string): number {
  let [depth, deepest, isInText] = [0, 0, false];
  for (let place = 0; place < json.length; place += 1) {
    const code = json.charCodeAt(place);
    if (isInText) {
      if (code === backslash) place += 1;
      else if (code === quote) isInText = false;
    } else if (code === quote) isInText = true;
    else if (code === openBrace || code === openBracket) deepest = Math.max(deepest, ++depth);
    else if (code === closeBrace || code === closeBracket) depth -= 1;
  }
  return deepest;
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

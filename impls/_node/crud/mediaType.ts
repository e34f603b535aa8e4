// RFC 9110, 5.6.2 to 5.6.6 and 8.3.1, without obs-text: a byte above 0x7E has no agreed encoding, so it cannot be kept as text.
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quotedString = '"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*"';
const mediaType = new RegExp(`^(${token}/${token})(?:[ \\t]*;[ \\t]*${token}=(?:${token}|${quotedString}))*$`);

/** Characters of a Content-Type that is kept. */
const maxLength = 127;

export function isMediaType(text: string): boolean {
  return text.length <= maxLength && mediaType.test(text);
}

export function isJson(text: string): boolean {
  return mediaType.exec(text)?.[1]?.toLowerCase() === 'application/json';
}

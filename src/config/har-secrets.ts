interface RecordedRequest {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Takes secrets out of what was recorded: each becomes the `{env:NAME}` of a variable that the user sets. */
export interface Redaction {
  /** Those that say something of the request itself; of all others the name alone is kept. */
  headers(request: RecordedRequest): Record<string, string>;
  /** The variable in the place of a value whose name says that it is secret; null: it does not. */
  named(name: string): string | null;
  /** A text without known secrets. */
  text(value: string): string;
  json(value: unknown): unknown;
  form(text: string): string;
  /** Variables that were used, sorted. */
  names(): readonly string[];
}

/** The browser's own, of the connection, or made anew by the generator: left out. */
const droppedHeaders =
  /^(:.*|sec-.*|host|connection|content-length|transfer-encoding|te|upgrade.*|user-agent|referer|origin|accept-(encoding|language)|if-.*|range|cache-control|pragma|dnt|priority|keep-alive|proxy-.*|x-requested-with|x-forwarded-.*|via|date|expect)$/i;
/** Of these the value tells nothing that is secret. */
const openHeaders = ['accept', 'content-type'];
const secretName =
  /passw|passphrase|passcode|^pass$|pwd|secret|token|api[-_]?key|auth(?!or)|credential|session|sid$|cookie|jwt|signature|^sig$|^key$|^code$|^state$|otp|^pin$|csrf|xsrf|nonce|assertion/i;
/** A JSON web token, or a key of a known form, wherever it stands. */
const secretForm = /^(eyJ[\w-]+\.[\w-]+(\.[\w-]*)?|(gh[pousr]|sk|pk|xox[abps])[-_][\w-]{10,}|AKIA[0-9A-Z]{12,})$/;
/** Shorter ones would be found in every text. */
const minSecretLength = 6;

export function redactionOf(requests: readonly RecordedRequest[]): Redaction {
  const used = new Set<string>();
  const known = knownSecrets(requests);
  const placeholder = (name: string) => {
    const variable = variableOf(name);
    used.add(variable);
    return `{env:${variable}}`;
  };
  const text = (value: string) => {
    if (secretForm.test(value)) return placeholder(known.get(value) ?? 'token');
    return [...known].reduce(
      (left, [secret, name]) => (left.includes(secret) ? left.replaceAll(secret, placeholder(name)) : left),
      value,
    );
  };
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, secretName.test(key) ? hidden(key, one) : json(one)]),
    );
  };
  /** Numbers too: a PIN is one. */
  const hidden = (key: string, value: unknown): unknown => {
    if (value === null || typeof value === 'boolean') return value;
    if (Array.isArray(value)) return value.map((one) => hidden(key, one));
    return typeof value === 'object' ? json(value) : placeholder(key);
  };
  return {
    headers: ({ headers }) =>
      Object.fromEntries(
        headers
          .filter(({ name }) => !droppedHeaders.test(name))
          .map(({ name, value }) => [name.toLowerCase(), isOpen(name) ? value : headerText(name, value, placeholder)])
          .filter(([name, value]) => name !== 'accept' || value !== '*/*'),
      ),
    named: (name) => (secretName.test(name) ? placeholder(name) : null),
    ...{ text, json },
    form: (whole) =>
      [...new URLSearchParams(whole)]
        .map(([key, value]) => [key, secretName.test(key) ? placeholder(key) : encoded(text(value))])
        .map(([key = '', value]) => `${encodeURIComponent(key)}=${value}`)
        .join('&'),
    names: () => [...used].sort(),
  };
}

function encoded(value: string): string {
  return value.includes('{env:') ? value : encodeURIComponent(value);
}

function isOpen(name: string): boolean {
  return openHeaders.includes(name.toLowerCase());
}

/** The scheme of an authorization is no secret. */
function headerText(name: string, value: string, placeholder: (name: string) => string): string {
  const scheme = /^authorization$/i.test(name) ? /^(Basic|Bearer|Token) (?=\S)/i.exec(value)?.[0] : undefined;
  return `${scheme ?? ''}${placeholder(name)}`;
}

/** By value the name it stood under: what a cookie or a header holds may stand in a path or a body as well. */
function knownSecrets(requests: readonly RecordedRequest[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, value: string) => {
    if (value.length >= minSecretLength && !found.has(value)) found.set(value, name);
  };
  for (const { headers } of requests) {
    for (const { name, value } of headers) {
      if (droppedHeaders.test(name) || isOpen(name)) continue;
      add(name, value);
      add(name, value.replace(/^(Basic|Bearer|Token) /i, ''));
      if (/^cookie$/i.test(name)) for (const pair of value.split('; ')) add(name, pair.slice(pair.indexOf('=') + 1));
    }
  }
  // The longest first: a part of one may be another.
  return new Map([...found].sort(([a], [b]) => b.length - a.length));
}

function variableOf(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/\W+/g, '_')
    .replace(/^(?=\d)/, '_');
}

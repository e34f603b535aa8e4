/** A piece of HTML in which everything that came from data is escaped. Made by `h` alone. */
export interface Markup {
  readonly html: string;
}

export type Child = Markup | string | null | readonly Child[];

type Attributes = Readonly<Record<string, string | number | null>>;

const voidTags: ReadonlySet<string> = new Set(['meta', 'link', 'br', 'col', 'line', 'rect', 'path']);

/** An element; strings among its children are text, an attribute that is null is left out. */
export function h(tag: string, attributes: Attributes, ...children: Child[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`);
  const open = `<${tag}${written.join('')}>`;
  return { html: voidTags.has(tag) ? open.replace(/>$/, '/>') : `${open}${render(children)}</${tag}>` };
}

export function render(child: Child): string {
  if (child === null) return '';
  if (typeof child === 'string') return escapeHtml(child);
  return 'html' in child ? child.html : child.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Data inside a script element: no sign in it can end the element or the line. */
export function scriptJson(data: unknown): string {
  return JSON.stringify(data).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

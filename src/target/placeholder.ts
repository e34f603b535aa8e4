import type { Implementation } from '../model/implementation.ts';

/** What a manifest may name in braces. */
export const placeholderNames = ['node', 'python', 'build', 'dir'] as const;
export type PlaceholderName = (typeof placeholderNames)[number];
export type Placeholders = Readonly<Partial<Record<PlaceholderName, string>>>;

const pattern = /\{([a-zA-Z][\w-]*)\}/g;

export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Throws where a name has no value: the manifest scan has refused unknown names, so that is a bug of the caller. */
export function expand(text: string, values: Placeholders): string {
  return text.replace(pattern, (_, name: PlaceholderName) => {
    const value = values[name];
    if (value === undefined) throw new Error(`placeholder {${name}} has no value in "${text}"`);
    return value;
  });
}

export function expandAll(texts: readonly string[], values: Placeholders): string[] {
  return texts.map((text) => expand(text, values));
}

/** Every text of a manifest in which placeholders count, with the key it stands under. */
export function expandableTexts(implementation: Implementation): readonly { key: string; text: string }[] {
  const texts = (key: string, list: readonly string[]) => list.map((text) => ({ key, text }));
  return [
    ...texts('runtime.versionCommand', implementation.runtime.versionCommand),
    ...implementation.requires.flatMap((requirement, index) =>
      texts(`requires.${index}.versionCommand`, requirement.versionCommand),
    ),
    ...implementation.build.flatMap((command, index) => texts(`build.${index}`, command)),
    ...texts('command', implementation.command),
    ...Object.entries(implementation.programs).flatMap(([name, command]) => texts(`programs.${name}`, command)),
    ...Object.entries(implementation.env).map(([name, text]) => ({ key: `env.${name}`, text })),
  ];
}

export function usesPython(implementation: Implementation): boolean {
  return expandableTexts(implementation).some(({ text }) => placeholdersIn(text).includes('python'));
}

const themeKey = 'paceline-theme';

/** Light or dark by the reader's system, until the switch is pressed; where storage is allowed it is remembered. */
export function listenToThemeSwitch(drawAgain: () => void): void {
  const button = document.getElementById('theme');
  const root = document.documentElement;
  const isDark = () =>
    root.dataset.theme === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset.theme === 'dark';
  const show = () => button?.setAttribute('aria-pressed', String(isDark()));
  const remembered = stored();
  if (remembered === 'light' || remembered === 'dark') root.dataset.theme = remembered;
  show();
  button?.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    show();
    remember(root.dataset.theme);
    drawAgain();
  });
  for (const query of ['(prefers-color-scheme: dark)', 'print'])
    matchMedia(query).addEventListener('change', () => {
      show();
      drawAgain();
    });
}

function stored(): string | null {
  try {
    return localStorage.getItem(themeKey);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(themeKey, theme);
  } catch {
    // Not allowed here: the choice ends with the visit.
  }
}

const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

export function shortNumber(value: number): string {
  return threeDigits.format(value);
}

import { readFile } from 'node:fs/promises';
import { HarnessError } from '../model/harness-error.ts';
import { type Prices, pricesSchema } from '../model/prices.ts';
import { parseJsonText } from '../os/json-text.ts';

/** Throws HarnessError usage that names the file and its first wrong field. */
export async function readPrices(path: string): Promise<Prices> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw wrongPrices(path, error.message);
  });
  const checked = pricesSchema.safeParse(parsed(text, path));
  if (checked.success) return checked.data;
  const [first] = checked.error.issues;
  throw wrongPrices(path, `${first?.path.join('.') || 'the top level'}: ${first?.message}`);
}

function parsed(text: string, path: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw wrongPrices(path, (error as Error).message);
  }
}

function wrongPrices(path: string, problem: string): HarnessError {
  return new HarnessError(
    'usage',
    `${path} does not hold prices: ${problem}`,
    'such a file is {"name": "my provider", "currency": "USD", "perVcpuHour": 0.04, "perGibHour": 0.005, "machine": {"vcpuCount": 2, "memoryGib": 8}}',
  );
}

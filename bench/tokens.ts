// What the tools cost a conversation: tokens (o200k) of name, description and input schema, and of the output schema.

import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { platforms } from '../src/app.ts';
import { createCatalog } from '../src/mcp/catalog.ts';

export interface TokenCost {
  readonly tool: string;
  readonly input: number;
  readonly output: number;
}

export function countTokens(): TokenCost[] {
  const { list } = createCatalog(platforms.map((platform) => ({ platform, tenants: new Map() })));
  return list.map(({ name, description, inputSchema, outputSchema }) => ({
    tool: name,
    input: encode(JSON.stringify({ name, description, inputSchema })).length,
    output: encode(JSON.stringify(outputSchema)).length,
  }));
}

export function countText(text: string): number {
  return encode(text).length;
}

export function average(costs: readonly number[]): number {
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

if (import.meta.main) {
  const costs = countTokens();
  for (const { tool, input, output } of costs)
    console.log(`${tool.padEnd(44)} ${String(input).padStart(5)} ${String(output).padStart(5)}`);
  const [input, output] = [average(costs.map((cost) => cost.input)), average(costs.map((cost) => cost.output))];
  console.log(`${'average'.padEnd(44)} ${input.toFixed(0).padStart(5)} ${output.toFixed(0).padStart(5)}`);
}

import { parseArgs } from "node:util";
import { dashboards } from "./monitoring/dashboards.ts";
import { ingestOverhead } from "./monitoring/ingest-overhead.ts";
import { thousandFeatures } from "./monitoring/thousand-features.ts";
import type { Row } from "./report.ts";

const parts: Record<string, (predictions: number) => Row[] | Promise<Row[]>> = {
  "ingest-overhead": ingestOverhead,
  "thousand-features": thousandFeatures,
  dashboards,
};

/**
 * Measures the cost of monitoring: gateways that count, statistics from stored states, and pages over a month of traffic.
 * `-- monitoring dashboards --predictions 1000000` measures one part, with another number than ten million.
 */
export async function run(): Promise<Row[]> {
  const { values, positionals: names } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { predictions: { type: "string", default: "10000000" } },
  });
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}". Parts: ${Object.keys(parts).join(", ")}.`);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (names.length === 0 || names.includes(name)) rows.push(...(await measure(Number(values.predictions))));
  }
  return rows;
}

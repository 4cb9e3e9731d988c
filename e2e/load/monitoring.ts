import { dashboards } from "./monitoring/dashboards.ts";
import { ingestOverhead } from "./monitoring/ingest-overhead.ts";
import { thousandFeatures } from "./monitoring/thousand-features.ts";
import type { Row } from "./report.ts";

const parts: Record<string, () => Row[] | Promise<Row[]>> = {
  "ingest-overhead": ingestOverhead,
  "thousand-features": thousandFeatures,
  dashboards,
};

/** What watching costs: gateways that count, statistics from stored states, and pages over a month of traffic. `-- monitoring dashboards` measures one part. */
export async function run(): Promise<Row[]> {
  const names = process.argv.slice(3).filter((argument) => !argument.startsWith("--"));
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}". Parts: ${Object.keys(parts).join(", ")}.`);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (names.length === 0 || names.includes(name)) rows.push(...(await measure()));
  }
  return rows;
}

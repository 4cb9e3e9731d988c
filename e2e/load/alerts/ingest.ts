import { type Client, quantile, timed } from "../tracking/client.ts";
import type { FiringAlert } from "./firing.ts";

/** Default batch size of Prometheus. */
const batch = 256;

/** Posts alerts in batches, one after the other as Prometheus does. @returns alerts a second */
export async function ingest(client: Client, alerts: readonly FiringAlert[]): Promise<number> {
  const bodies: string[] = [];
  for (let start = 0; start < alerts.length; start += batch) {
    bodies.push(JSON.stringify(alerts.slice(start, start + batch)));
  }
  const startedAt = performance.now();
  for (const body of bodies) await client.send("POST", "/api/v2/alerts", body);
  return alerts.length / ((performance.now() - startedAt) / 1000);
}

/** Measures the duration of the list requested by amtool, in milliseconds, p95. @throws if it does not contain all alerts */
export async function listMs(client: Client, expected: number): Promise<number> {
  const times = await timed(10, async () => {
    const listed = JSON.parse(await client.send("GET", "/api/v2/alerts")) as unknown[];
    if (listed.length !== expected) throw new Error(`${listed.length} alerts are listed of ${expected}.`);
  });
  return quantile(times, 0.95);
}

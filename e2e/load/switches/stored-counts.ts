import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { ResponseCounts } from "./response-counts.ts";

/** Telemetry of one endpoint in Postgres. */
export interface StoredCounts {
  /** Requests by version, and the latencies in their histograms. */
  requests: Map<string, number>;
  latencies: Map<string, number>;
  /** Lines of the prediction log: how often each request is there, and the version that it names last. */
  logged: Map<string, { times: number; version: string }>;
}

/** What Postgres has too many or too few of, compared with the responses. */
export interface Differences {
  lost: number;
  doubled: number;
  predictionsLost: number;
  predictionsDoubled: number;
}

/** Reads the counters of an endpoint, of all gateways, from Postgres itself. */
export async function readStoredCounts(databaseUrl: string, endpoint: string): Promise<StoredCounts> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number; requests: string; latencies: string }>(
      `select model_versions.version, sum(requests) as requests,
         sum((select coalesce(sum(value::int), 0) from jsonb_each_text(latency_buckets))) as latencies
       from serving_windows join endpoints on endpoints.id = endpoint_id join model_versions on model_versions.id = version_id
       where endpoints.name = $1 group by 1`,
      [endpoint],
    );
    const log = await client.query<{ request_id: string; times: string; version: number }>(
      `select request_id, count(*) as times, max(model_versions.version) as version
       from predictions join endpoints on endpoints.id = endpoint_id join model_versions on model_versions.id = version_id
       where endpoints.name = $1 group by 1`,
      [endpoint],
    );
    return {
      requests: new Map(rows.map(({ version, requests }) => [String(version), Number(requests)])),
      latencies: new Map(rows.map(({ version, latencies }) => [String(version), Number(latencies)])),
      logged: new Map(
        log.rows.map(({ request_id, times, version }) => [
          request_id,
          { times: Number(times), version: String(version) },
        ]),
      ),
    };
  } finally {
    await client.end();
  }
}

/**
 * Compares Postgres with the responses. Every response must be counted once, under its version. Beyond that, at most the requests without a
 * response may be counted.
 * @param before state before the first of these requests
 */
export function differences(counts: ResponseCounts, stored: StoredCounts, before: StoredCounts): Differences {
  const { byVersion, unanswered, sampled } = counts;
  let [lost, beyond, latenciesLost, latenciesBeyond] = [0, 0, 0, 0];
  for (const version of new Set([...byVersion.keys(), ...stored.requests.keys()])) {
    const received = byVersion.get(version) ?? 0;
    const since = (map: keyof Pick<StoredCounts, "requests" | "latencies">) =>
      (stored[map].get(version) ?? 0) - (before[map].get(version) ?? 0);
    lost += Math.max(0, received - since("requests"));
    beyond += Math.max(0, since("requests") - received);
    latenciesLost += Math.max(0, received - since("latencies"));
    latenciesBeyond += Math.max(0, since("latencies") - received);
  }
  const isLogged = ([requestId, version]: [string, string]) => stored.logged.get(requestId)?.version === version;
  return {
    lost: Math.max(lost, latenciesLost),
    doubled: Math.max(0, Math.max(beyond, latenciesBeyond) - unanswered),
    predictionsLost: [...sampled].filter((one) => !isLogged(one)).length,
    predictionsDoubled: [...stored.logged.values()].filter(({ times }) => times > 1).length,
  };
}

const catchUpMs = 60_000;
/** Some flushes, in which a count that is stored twice would appear. */
const settleMs = 5_000;

/** Reads the counters once Postgres has all responses, or after a minute; and then some flushes later. */
export async function untilStored(
  counts: ResponseCounts,
  before: StoredCounts,
  read: () => Promise<StoredCounts>,
): Promise<StoredCounts> {
  const deadline = performance.now() + catchUpMs;
  for (;;) {
    const { lost, predictionsLost } = differences(counts, await read(), before);
    if ((lost === 0 && predictionsLost === 0) || performance.now() > deadline) break;
    await pause(500);
  }
  await pause(settleMs);
  return read();
}

import pg from "pg";

/** Telemetry of the run's requests in Postgres. */
export interface Stored {
  requests: number;
  failed: number;
  /** Latencies in the histograms. */
  measured: number;
  /** Starts of the windows that have a row, in milliseconds since 1970. */
  windows: Set<number>;
  /** Ids of the requests in the prediction log. */
  logged: Set<string>;
}

/** Reads the counters and the prediction log of all gateways, from Postgres itself. */
export async function readStored(databaseUrl: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ at: Date; requests: string; failed: string; measured: string }>(`
      select window_start as at, sum(requests) as requests,
        sum((select coalesce(sum(value::int), 0) from jsonb_each_text(failures))) as failed,
        sum((select coalesce(sum(value::int), 0) from jsonb_each_text(latency_buckets))) as measured
      from serving_windows group by 1`);
    const log = await client.query<{ request_id: string }>("select request_id from predictions");
    const sum = (name: "requests" | "failed" | "measured") => rows.reduce((total, row) => total + Number(row[name]), 0);
    return {
      requests: sum("requests"),
      failed: sum("failed"),
      measured: sum("measured"),
      windows: new Set(rows.map(({ at }) => at.getTime())),
      logged: new Set(log.rows.map(({ request_id }) => request_id)),
    };
  } finally {
    await client.end();
  }
}

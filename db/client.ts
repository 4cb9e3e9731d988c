import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import * as schema from "./schema/index.ts";

export type Database = NodePgDatabase<typeof schema>;

export interface DatabaseHandle {
  readonly db: Database;
  readonly pool: pg.Pool;
  /** Refuses connections while `isAway` says so, as if Postgres were not there. Those in use are not touched. */
  refuseWhile(isAway: () => boolean): void;
  close(): Promise<void>;
}

// Counts and milliseconds fit a double exactly up to 2^53; the driver would otherwise return them as strings.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));

/** Oid of double precision[], which the driver's types do not name. */
const float8Array = 1022 as Parameters<typeof pg.types.getTypeParser>[0];
const parseAnyFloats = pg.types.getTypeParser(float8Array);
// The driver reads arrays one character at a time: of an SLO's minutes, it takes ten times as long as the query.
pg.types.setTypeParser(float8Array, (text) =>
  /^\{[-+.e\d,]*\}$/.test(text) ? JSON.parse(`[${text.slice(1, -1)}]`) : parseAnyFloats(text),
);

/** A pool that can be kept from Postgres on purpose. */
class RefusingPool extends pg.Pool {
  isAway: () => boolean = () => false;

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (!this.isAway()) {
      if (!callback) return super.connect();
      super.connect(callback);
      return undefined;
    }
    // "cannot_connect_now", as of a server that is about to start.
    const refusal = Object.assign(new Error("A game day keeps this process from Postgres."), { code: "57P03" });
    if (!callback) return Promise.reject(refusal);
    callback(refusal, undefined, () => {});
    return undefined;
  }
}

type ConnectCallback = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void;

/** Time after the limit of a statement in which the server has to say that it ended it. */
const unresponsiveMs = 1_000;

/**
 * Opens a connection pool.
 * @param url Postgres connection string.
 * @param options.max maximum number of connections of this process.
 * @param options.name shown by Postgres as application_name.
 * @param options.timeoutMs how long a query waits for a connection, new or returned to the pool, before it fails
 * @param options.statementTimeoutMs how long a statement may run. One that hangs then gives its connection back, also if the server does not
 *   respond at all. Default: without limit
 */
export function openDatabase(
  url: string,
  options: { max: number; name: string; timeoutMs?: number; statementTimeoutMs?: number },
): DatabaseHandle {
  const { statementTimeoutMs } = options;
  const pool = new RefusingPool({
    connectionString: url,
    max: options.max,
    application_name: options.name,
    connectionTimeoutMillis: options.timeoutMs ?? 5_000,
    keepAlive: true,
    ...(statementTimeoutMs === undefined ? {} : { query_timeout: statementTimeoutMs + unresponsiveMs }),
    // For every query here, compiling the plan takes longer than running it; Postgres compiles plans that it estimates as expensive.
    onConnect: (client) => client.query(`set jit = off; set statement_timeout = ${statementTimeoutMs ?? 0}`),
  });
  // An idle connection that dies (after a server restart) must not crash the process.
  pool.on("error", () => {});
  // The same holds for a connection that dies while it is checked out, between two statements of a transaction: the next statement fails.
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    db: drizzle(pool, { schema, casing: "snake_case" }),
    pool,
    refuseWhile: (isAway) => {
      pool.isAway = isAway;
    },
    close: () => pool.end(),
  };
}

/**
 * Runs work on a connection that nothing else uses, and closes it: locks of the session hold for all of its statements and end with it, or
 * with the last statement of a process that was killed.
 */
export async function onOneConnection<Result>(db: Database, work: (db: Database) => Promise<Result>): Promise<Result> {
  const { $client } = db as Database & { $client: pg.Pool };
  const client = await $client.connect();
  try {
    return await work(drizzle(client, { schema, casing: "snake_case" }));
  } finally {
    client.release(true);
  }
}

import { lookup } from "node:dns/promises";
import pg from "pg";
import { DomainError } from "#server/base/errors.ts";
import { isPublic } from "#server/platform/network/address.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { type ParsedConnection, parseConnection } from "./parse-connection.ts";

/** Time that one statement may take: of a reading, the first has to sort the rows. */
const statementMs = 300_000;
const connectMs = 15_000;

/** A connection that only reads. Rows come as texts, as the database writes them. */
export interface ReadConnection {
  /** Runs one statement. @throws DomainError "invalid" with what the database says; "unavailable" once it is out of reach */
  query(sql: string): Promise<{ fields: { name: string; type: number }[]; rows: (string | null)[][] }>;
  close(): Promise<void>;
}

/**
 * Connects to a database in a transaction that only reads and that sees one state of it. The caller closes it.
 * @param signal ends it, and what it runs
 * @throws DomainError "invalid" for an address that the rules do not allow, or what the database refuses; "unavailable"
 */
export async function openConnection(text: string, rules: NetworkRules, signal?: AbortSignal): Promise<ReadConnection> {
  const parsed = parseConnection(text);
  const client = new pg.Client({
    ...(await addressOf(parsed, rules)),
    database: parsed.database,
    user: parsed.user,
    password: parsed.password,
    connectionTimeoutMillis: connectMs,
    // A host that stops answering must not hold the worker.
    query_timeout: statementMs + connectMs,
    keepAlive: true,
    application_name: "leeway",
    options: `-c default_transaction_read_only=on -c statement_timeout=${statementMs} -c TimeZone=UTC -c IntervalStyle=iso_8601 -c extra_float_digits=1`,
    types: { getTypeParser: () => (value: string | Buffer) => String(value) },
  });
  // What breaks the connection fails the statement too.
  client.on("error", () => {});
  const stop = () => void client.end().catch(() => {});
  const run = async (sql: string) => {
    if (signal?.aborted) throw new DomainError("unavailable", "The reading was cancelled.");
    // The extended protocol takes one statement only.
    const extended = { text: sql, rowMode: "array" as const, queryMode: "extended" };
    const { fields, rows } = await client.query<(string | null)[]>(extended).catch((error: unknown) => {
      throw refusalOf(error);
    });
    return { fields: fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })), rows };
  };
  try {
    await client.connect();
    signal?.addEventListener("abort", stop, { once: true });
    await run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  } catch (error) {
    stop();
    throw refusalOf(error);
  }
  return {
    query: run,
    close: async () => {
      signal?.removeEventListener("abort", stop);
      await client.end().catch(() => {});
    },
  };
}

/** Resolves the host once, so that the name cannot become another address after the check. */
async function addressOf({ host, port, sslMode }: ParsedConnection, { allowsPrivate }: NetworkRules) {
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new DomainError("unavailable", `The host "${host}" cannot be resolved.`, { cause });
  });
  const inside = found.find(({ address }) => !isPublic(address));
  if (inside && !allowsPrivate) {
    const message = `"${host}" is ${inside.address}, which is not a public address. WEBHOOK_PRIVATE_ADDRESSES allows these.`;
    throw new DomainError("invalid", message, { field: "url" });
  }
  const [first] = found;
  if (!first) throw new DomainError("unavailable", `The host "${host}" cannot be resolved.`);
  if (!inside && sslMode === "disable") {
    const message = "The password would be sent unencrypted over the internet. Add ?sslmode=verify-full to the URL.";
    throw new DomainError("invalid", message, { field: "url" });
  }
  const ssl = sslMode !== "disable" && { servername: host, rejectUnauthorized: sslMode === "verify-full" };
  return { host: first.address, port, ssl };
}

/** Says what a database refused in its own words; anything else means that it is out of reach. */
function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const message = error instanceof Error ? error.message : String(error);
  // Connection lost, resources exhausted, shut down, a failure of its system, or ended for others, as a standby does whose primary vacuums: it
  // may be better in a minute.
  const isTemporary =
    !(error instanceof pg.DatabaseError) || /^(08|53|57P|58|40001|40P01|25P03)/.test(error.code ?? "");
  return isTemporary
    ? new DomainError("unavailable", `The database is unavailable: ${message}`, { cause: error })
    : new DomainError("invalid", `The database returned an error: ${message}`, { cause: error });
}

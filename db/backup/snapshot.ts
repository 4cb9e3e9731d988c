import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { StartError } from "../start-error.ts";
import {
  columnList,
  type FoundTable,
  type FoundTables,
  findTables,
  jobColumns,
  jobTable,
  pendingJobs,
} from "./tables.ts";

/** State of the schema: the last migration that the database has. */
interface SchemaVersion {
  /** Milliseconds since 1970, as in the journal of migrations. */
  migration: number;
  hash: string;
}

interface Sequence {
  name: string;
  /** Null while it has never been used. */
  lastValue: string | null;
}

/** What one moment of a database looked like, for as long as it is open. */
export interface Snapshot {
  takenAt: Date;
  schema: SchemaVersion;
  /** 180004 is 18.4. */
  serverVersion: number;
  found: FoundTables;
  /** Columns of the queue's jobs; empty if there is no queue. */
  jobs: string[];
  sequences: Sequence[];
  /** Reads the rows of a table in COPY's text format. @returns undefined for a partition that was dropped in the meantime. */
  copyTable(table: FoundTable): Promise<CopiedRows | undefined>;
  copyJobs(): Promise<CopiedRows>;
  /** Reads a query's rows in COPY's text format. */
  copyQuery(query: string): Promise<CopiedRows>;
  close(): Promise<void>;
}

export interface CopiedRows {
  chunks: AsyncIterable<Buffer>;
  /** Valid after the last chunk: the number of rows. */
  finish(): Promise<number>;
}

const lockTimeout = "60s";
const undefinedTable = "42P01";

/** Settings that decide how values are written as text, whatever the database or its user has as default. */
const textSettings = `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 1;
  set bytea_output = 'hex'; set client_encoding = 'UTF8'; set xmloption = 'content'; set synchronize_seqscans = off; set statement_timeout = 0;
  set idle_in_transaction_session_timeout = 0; set jit = off`;

/** Opens a connection whose COPY writes every value the same on each server, in the order in which a table stores its rows. */
export async function openCopyClient(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: 15_000,
  });
  client.on("error", () => {});
  await client.connect();
  await client.query(textSettings);
  return client;
}

/**
 * Opens a snapshot for reading all rows of one moment. One connection holds it and locks nothing. A second one reads each table in a short
 * transaction that shares the snapshot, so that a migration, or the drop of an old partition, waits for one table and not for all of them.
 * @throws StartError when the database has no schema of Leeway.
 */
export async function openSnapshot(url: string): Promise<Snapshot> {
  await using opened = new AsyncDisposableStack();
  const open = async (name: string) => {
    const client = await openCopyClient(url, name);
    opened.defer(() => client.end().catch(() => {}));
    return client;
  };
  const holder = await open("leeway-backup");
  const reader = await open("leeway-backup-rows");
  await holder.query("begin isolation level repeatable read read only");
  const { rows } = await holder.query(
    `select pg_export_snapshot() as id, statement_timestamp() as at, current_setting('server_version_num')::int as version,
      to_regclass('drizzle.__drizzle_migrations') is not null as migrated`,
  );
  const { id, at, version, migrated } = rows[0];
  const schema = migrated ? await readSchema(holder) : undefined;
  if (!schema) throw new StartError("The database contains no Leeway data. Check DATABASE_URL or DATA_DIR.");
  const found = await findTables(holder);
  const jobs = (await jobColumns(holder)).map(({ name }) => name);
  const { rows: sequences } = await holder.query<Sequence>(
    `select format('public.%I', sequencename) as name, last_value::text as "lastValue" from pg_sequences
      where schemaname = 'public' order by sequencename collate "C"`,
  );

  async function copy(statement: string, prepare: () => Promise<void> = async () => {}): Promise<CopiedRows> {
    await reader.query("begin isolation level repeatable read read only");
    await reader.query(`set transaction snapshot '${id}'`);
    await reader.query(`set local lock_timeout = '${lockTimeout}'`);
    await prepare();
    const stream = reader.query(copyTo(statement));
    // Whoever reads the rows learns of an error. After they have stopped, closing the connection is no error for anybody.
    stream.on("error", () => {});
    return {
      chunks: stream,
      finish: async () => {
        await reader.query("commit");
        return stream.rowCount;
      },
    };
  }

  async function requireUnchanged(table: FoundTable): Promise<void> {
    await reader.query(`lock table ${table.name} in access share mode`);
    const { rows } = await reader.query("select pg_relation_filenode($1::regclass)::text as node", [table.name]);
    if (rows[0].node === table.fileNode) return;
    throw new Error(
      `${table.name} was rewritten during the backup, by a migration or VACUUM FULL. Start the backup again.`,
    );
  }

  const close = opened.move();
  return {
    takenAt: at,
    schema,
    serverVersion: version,
    found,
    jobs,
    sequences,
    copyTable: async (table) => {
      try {
        return await copy(`copy ${table.name} (${columnList(table)}) to stdout`, () => requireUnchanged(table));
      } catch (error) {
        await reader.query("rollback").catch(() => {});
        // The prediction log drops its oldest days.
        if (table.isPartition && (error as { code?: string }).code === undefinedTable) return undefined;
        throw error;
      }
    },
    copyJobs: () =>
      copy(
        `copy (select ${columnList({ name: jobTable, columns: jobs })} from ${jobTable} where ${pendingJobs} order by created_on, id) to stdout`,
      ),
    copyQuery: (query) => copy(`copy (${query}) to stdout`),
    close: () => close.disposeAsync(),
  };
}

async function readSchema(client: pg.ClientBase): Promise<SchemaVersion | undefined> {
  const { rows } = await client.query(
    "select created_at, hash from drizzle.__drizzle_migrations order by created_at desc limit 1",
  );
  return rows[0] && { migration: Number(rows[0].created_at), hash: rows[0].hash };
}

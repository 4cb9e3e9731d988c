import { pipeline } from "node:stream/promises";
import type { ClientBase } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { type CopiedTable, columnList, findTables, jobColumns, jobTable } from "#db/backup/tables.ts";
import { Digest } from "./digest.ts";
import { BackupError, type BackupHeader, type TableDigest } from "./format.ts";

/** Holds jobs as text until those of known queues are added. */
const jobsAsText = "restored_jobs";
/** As pg-boss keeps a job that nothing has run, from its creation on. */
const jobRetention = "14 days";

/**
 * Prepares the tables that the migrations created: partitions as in the backup, and no rows.
 * @throws BackupError when a table or column of the backup is missing.
 */
export async function prepareTables(client: ClientBase, header: BackupHeader): Promise<void> {
  const existing = new Set((await findTables(client)).tables.map(({ name }) => name));
  for (const { name, parent, bound } of header.partitions) {
    if (!existing.has(name)) await client.query(`create table ${name} partition of ${parent} ${bound}`);
  }
  const { tables } = await findTables(client);
  const columnsOf = new Map(tables.map(({ name, columns }) => [name, new Set(columns)]));
  for (const { name, columns } of header.tables) {
    const known = columnsOf.get(name);
    const missing = known ? columns.find((column) => !known.has(column)) : "";
    if (missing !== undefined) {
      throw new BackupError(
        `The backup has ${missing === "" ? "the table" : `the column "${missing}" of`} ${name}, which this version of Leeway does not create. Use the version that wrote it.`,
      );
    }
  }
  await emptyTables(client, tables);
  if (header.jobs.length > 0) {
    const columns = header.jobs.map((name) => `"${name}" text`).join(", ");
    await client.query(`create temporary table ${jobsAsText} (${columns}) on commit drop`);
  }
}

/** Deletes rows that migrations have added: those of the backup include them. */
async function emptyTables(client: ClientBase, tables: readonly CopiedTable[]): Promise<void> {
  const filled: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await client.query(`select from ${name} limit 1`);
    if (rowCount) filled.push(name);
  }
  if (filled.length > 0) await client.query(`truncate ${filled.join(", ")}`);
}

/** Loads the rows of a table. */
export async function loadRows(
  client: ClientBase,
  header: BackupHeader,
  name: string,
  rows: AsyncIterable<Buffer>,
): Promise<void> {
  const table = targetOf(header, name);
  await pipeline(rows, client.query(copyFrom(`copy ${table.name} (${columnList(table)}) from stdin`)));
}

/** Reads a table back. @throws BackupError when its rows are not those of the backup, byte by byte. */
export async function verifyRows(client: ClientBase, header: BackupHeader, expected: TableDigest): Promise<void> {
  const table = targetOf(header, expected.name);
  const digest = new Digest();
  const stream = client.query(copyTo(`copy ${table.name} (${columnList(table)}) to stdout`));
  for await (const chunk of stream) digest.update(chunk);
  if (digest.rows === expected.rows && digest.end() === expected.sha256) return;
  throw new BackupError(`${expected.name} does not have the rows of the backup after loading. Nothing was restored.`);
}

/**
 * Adds the jobs that were waiting or running to the queue. A job that was running starts again without losing an attempt: jobs run at least
 * once and are idempotent.
 * @returns how many were added, and how many are of kinds that this version does not have
 */
export async function addJobs(client: ClientBase, header: BackupHeader): Promise<{ added: number; unknown: number }> {
  if (header.jobs.length === 0) return { added: 0, unknown: 0 };
  const inBackup = new Set(header.jobs);
  const columns = (await jobColumns(client)).filter(({ name }) => inBackup.has(name));
  const value = ({ name, type }: { name: string; type: string }) => {
    const own = `"${name}"::${type}`;
    if (name === "state") return `(case when state = 'active' then 'retry' else state end)::${type}`;
    if (name === "started_on" || name === "heartbeat_on") return `null::${type}`;
    if (name === "keep_until") return `greatest(${own}, now() + interval '${jobRetention}')`;
    if (name === "dead_letter") return `(select queue.name from pgboss.queue where queue.name = dead_letter)`;
    return own;
  };
  const { rowCount: added } = await client.query(
    `insert into ${jobTable} (${columns.map(({ name }) => `"${name}"`).join(", ")})
      select ${columns.map(value).join(", ")} from ${jobsAsText} where name in (select name from pgboss.queue)`,
  );
  const { rows } = await client.query(`select count(*)::int as count from ${jobsAsText}`);
  return { added: added ?? 0, unknown: rows[0].count - (added ?? 0) };
}

/** Sets every sequence to where it was, so that no number is given twice. */
export async function setSequences(
  client: ClientBase,
  sequences: readonly { name: string; lastValue: string | null }[],
): Promise<void> {
  for (const { name, lastValue } of sequences) {
    if (lastValue !== null) await client.query("select setval($1::regclass, $2::bigint)", [name, lastValue]);
  }
}

function targetOf(header: BackupHeader, name: string): CopiedTable {
  if (name === jobTable) return { name: jobsAsText, columns: header.jobs };
  const table = header.tables.find((each) => each.name === name);
  if (!table) throw new Error(`${name} is not a table of the backup.`);
  return table;
}

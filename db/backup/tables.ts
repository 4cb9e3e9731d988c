import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import type { ClientBase } from "pg";
import * as schema from "../schema/index.ts";

/** A table, or the rows of one, as COPY reads and writes it. */
export interface CopiedTable {
  /** With its schema, as in SQL: public.runs. */
  name: string;
  /** Without generated columns, which Postgres computes again. */
  columns: string[];
}

interface Partition {
  name: string;
  parent: string;
  /** As in CREATE TABLE … PARTITION OF: FOR VALUES FROM (…) TO (…), FOR VALUES WITH (…), or DEFAULT. */
  bound: string;
}

/** A table of a running database. */
export interface FoundTable extends CopiedTable {
  isPartition: boolean;
  /** Changes when a statement rewrites the table, which hides its rows from older snapshots. */
  fileNode: string;
}

export interface FoundTables {
  tables: FoundTable[];
  partitions: Partition[];
  /** Tables that no version of the schema creates: someone else's. */
  foreign: string[];
}

/** Jobs that are still to be run. The rest of the queue is history, or is written at every start; its own jobs come from the schedule. */
export const jobTable = "pgboss.job";
export const pendingJobs = "state < 'completed' and not starts_with(name, '__pgboss__')";

/** Lists the tables of Leeway with their columns, those of the current transaction's snapshot. */
export async function findTables(client: ClientBase): Promise<FoundTables> {
  const { rows } = await client.query<{
    relname: string;
    file_node: string;
    parent: string | null;
    bound: string | null;
    columns: string[];
  }>(`
    select c.relname, pg_relation_filenode(c.oid)::text as file_node, parent.relname as parent,
      pg_get_expr(c.relpartbound, c.oid) as bound,
      array(select attname::text from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns
    from pg_class c
      left join pg_inherits on inhrelid = c.oid
      left join pg_class parent on parent.oid = inhparent
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    order by c.relname collate "C"`);
  const own = ownTables();
  const found = rows.filter(({ relname, parent }) => own.has(parent ?? relname));
  return {
    tables: found.map((row) => ({
      name: qualified(row.relname),
      columns: row.columns,
      isPartition: row.parent !== null,
      fileNode: row.file_node,
    })),
    partitions: found.flatMap(({ relname, parent, bound }) =>
      parent === null || bound === null ? [] : [{ name: qualified(relname), parent: qualified(parent), bound }],
    ),
    foreign: rows.filter(({ relname, parent }) => !own.has(parent ?? relname)).map(({ relname }) => relname),
  };
}

/** Columns of the table of jobs; empty before the queue is installed. */
export async function jobColumns(client: ClientBase): Promise<{ name: string; type: string }[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = to_regclass('${jobTable}') and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
  );
  return rows;
}

/** Formats the columns of a table for COPY. */
export function columnList({ columns }: CopiedTable): string {
  return columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ");
}

function ownTables(): Set<string> {
  const tables = Object.values<unknown>(schema).filter((value) => is(value, PgTable));
  return new Set(tables.map((table) => getTableConfig(table).name));
}

/** Names of our tables need no quotes, except that some are reserved words. */
function qualified(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? `public.${name}` : `public."${name.replaceAll('"', '""')}"`;
}

import type { ClientBase } from "pg";

/** Statements that put back what was dropped. */
export interface SetAside {
  statements: string[];
}

/**
 * Drops the indexes and constraints of all tables in the schema "public", so that rows can be loaded in any order and indexes are built once,
 * and disables triggers, which would change rows or refuse them. The owner of the tables may do all of it; skipping constraints by
 * session_replication_role instead would require a superuser.
 */
export async function setConstraintsAside(client: ClientBase): Promise<SetAside> {
  const { rows: constraints } = await client.query<{ table: string; name: string; kind: string; definition: string }>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, contype::text as kind,
      pg_get_constraintdef(oid) as definition
    from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('f', 'p', 'u', 'x') and conparentid = 0 and conrelid <> 0
    order by conrelid::regclass::text collate "C", conname`);
  const add = ({ table, name, definition }: (typeof constraints)[number]) =>
    `alter table ${table} add constraint ${name} ${definition}`;
  const references = constraints.filter(({ kind }) => kind === "f");
  const keys = constraints.filter(({ kind }) => kind !== "f");
  for (const { table, name } of [...references, ...keys]) {
    await client.query(`alter table ${table} drop constraint ${name}`);
  }
  // After the constraints, whose own indexes went with them. An index of a partition belongs to that of its parent.
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = 'public'::regnamespace and not relispartition
    order by 1`);
  for (const { name } of indexes) await client.query(`drop index ${name}`);
  const { rows: triggers } = await client.query<{ table: string; name: string; mode: string }>(`
    select tgrelid::regclass::text as table, quote_ident(tgname) as name,
      case tgenabled when 'A' then 'always ' when 'R' then 'replica ' else '' end as mode
    from pg_trigger join pg_class on pg_class.oid = tgrelid
    where relnamespace = 'public'::regnamespace and not tgisinternal and tgparentid = 0 and tgenabled <> 'D'
    order by 1, 2`);
  for (const { table, name } of triggers) await client.query(`alter table ${table} disable trigger ${name}`);
  return {
    statements: [
      ...triggers.map(({ table, name, mode }) => `alter table ${table} enable ${mode}trigger ${name}`),
      ...keys.map(add),
      // "ON ONLY" would leave out the partitions.
      ...indexes.map(({ definition }) => definition.replace(/ ON ONLY /, " ON ")),
      ...references.map(add),
    ],
  };
}

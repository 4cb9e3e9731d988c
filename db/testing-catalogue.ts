import type { ClientBase, Pool } from "pg";

/** Queries that describe a schema, one for each kind of object. Each row is one line of text. */
const parts = [
  // Columns are listed by name: their order does not matter to what a database can do.
  `select format('column %s.%s %s%s%s%s%s%s', relname, attname, format_type(atttypid, atttypmod),
      case when attnotnull then ' not null' end, ' default ' || pg_get_expr(adbin, adrelid), nullif(' identity ' || attidentity::text, ' identity '),
      nullif(' generated ' || attgenerated::text, ' generated '),
      case when attcollation <> typcollation then ' collate ' || attcollation::regcollation end)
    from pg_attribute join pg_class on pg_class.oid = attrelid join pg_type on pg_type.oid = atttypid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and attnum > 0 and not attisdropped`,
  `select format('table %s %s %s%s%s%s', relkind, relname, relpersistence, ' by ' || pg_get_partkeydef(oid),
      ' of ' || (select string_agg(inhparent::regclass::text, ',') from pg_inherits where inhrelid = pg_class.oid),
      ' ' || pg_get_expr(relpartbound, oid)) || coalesce(' ' || reloptions::text, '')
        || case when relrowsecurity then ' row security' else '' end
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`,
  // Postgres 18 lists "not null" here, too, which columns say already.
  `select format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'`,
  `select 'index ' || pg_get_indexdef(indexrelid) from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = 'public'::regnamespace`,
  `select format('sequence %s %s start %s by %s from %s to %s%s%s', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmin,
      seqmax, case when seqcycle then ' cycle' end,
      ' of ' || (select refobjid::regclass || '.' || attname from pg_depend join pg_attribute on attrelid = refobjid and attnum = refobjsubid
        where classid = 'pg_class'::regclass and objid = seqrelid and deptype in ('a', 'i')))
    from pg_sequence join pg_class on pg_class.oid = seqrelid where relnamespace = 'public'::regnamespace`,
  `select format('enum %s %s', enumtypid::regtype, string_agg(enumlabel, ',' order by enumsortorder)) from pg_enum group by enumtypid`,
  `select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace`,
  `select 'trigger ' || pg_get_triggerdef(pg_trigger.oid) from pg_trigger join pg_class on pg_class.oid = tgrelid
    where relnamespace = 'public'::regnamespace and not tgisinternal`,
  `select format('view %s %s', viewname, definition) from pg_views where schemaname = 'public'`,
  `select format('policy %s.%s', tablename, policyname) from pg_policies where schemaname = 'public'`,
  `select format('extension %s', extname) from pg_extension`,
];

/** Returns everything in the schema "public" that a migration can create, and every row, as sorted lines of text. */
export async function readCatalogue(client: ClientBase | Pool): Promise<string[]> {
  const lines: string[] = [];
  for (const part of parts) {
    const { rows } = await client.query<[string]>({ text: part, rowMode: "array" });
    // A function's body spans many lines.
    lines.push(...rows.map(([line]) => line.replace(/\s+/g, " ").trim()));
  }
  const { rows: tables } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select to_jsonb(one)::text as row from ${name} as one`);
    lines.push(...rows.map(({ row }) => `row ${name} ${row}`));
  }
  return lines.sort();
}

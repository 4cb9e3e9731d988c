import pg from "pg";

/** Role of the embedded Postgres that Leeway's roles connect as: it owns the database, and is no superuser. */
export const appRole = "leeway_app";

/**
 * Creates the role if it is missing, sets its password, and gives it the database and everything in it. Folders of older versions belong to
 * the superuser, under whom every role could read the server's files and start programs. Each statement commits, so that an interrupted
 * conversion is completed by the next start.
 * @param adminUrl database "leeway", as its superuser
 */
export async function prepareAppRole(adminUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    // A statement that fails must not leave the password in the log of the server.
    await client.query("set log_min_error_statement = panic");
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [appRole]);
    if (rowCount === 0) await client.query(`create role ${appRole}`);
    await client.query(
      `alter role ${appRole} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${client.escapeLiteral(password)}`,
    );
    await client.query(`alter database leeway owner to ${appRole}`);
    const { rows } = await client.query<{ statement: string }>(ownedBySuperuser);
    for (const { statement } of rows) await client.query(`${statement} owner to ${appRole}`);
  } finally {
    await client.end();
  }
}

/**
 * Statements that change the owner of every object of the superuser outside the system schemas. Indexes, sequences of columns, and types of
 * tables follow their table; members of an extension belong to it.
 */
const ownedBySuperuser = `
  with own as (
    select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
  ), me as (select oid from pg_roles where rolname = current_user),
  member as (select classid, objid from pg_depend where deptype = 'e')
  select format('alter schema %I', nspname) as statement from pg_namespace
    where oid in (select oid from own) and nspowner = (select oid from me)
  union all
  select format('alter %s %s.%I', case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
      when 'f' then 'foreign table' else 'table' end, relnamespace::regnamespace, relname)
    from pg_class
    where relnamespace in (select oid from own) and relowner = (select oid from me) and relkind in ('r', 'p', 'v', 'm', 'S', 'f')
      and ('pg_class'::regclass, oid) not in (select classid, objid from member)
      and not exists (
        select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype in ('a', 'i')
          and relkind = 'S' and refclassid = 'pg_class'::regclass
      )
  union all
  select format('alter type %s.%I', typnamespace::regnamespace, typname) from pg_type
    where typnamespace in (select oid from own) and typowner = (select oid from me)
      and (typtype in ('e', 'd', 'r') or typtype = 'c' and exists (select from pg_class where oid = typrelid and relkind = 'c'))
      and ('pg_type'::regclass, oid) not in (select classid, objid from member)
  union all
  select format('alter routine %s', oid::regprocedure) from pg_proc
    where pronamespace in (select oid from own) and proowner = (select oid from me)
      and ('pg_proc'::regclass, oid) not in (select classid, objid from member)`;

import { expect, test } from "vitest";
import { openDatabase } from "./client.ts";
import { migrateDatabase, schemaState } from "./migrate.ts";
import { StartError } from "./start-error.ts";
import { emptyDatabase } from "./testing.ts";

test("leaves an empty database current when several processes migrate it concurrently", async () => {
  const url = await emptyDatabase();
  const handles = Array.from({ length: 4 }, (_, index) => openDatabase(url, { max: 2, name: `migrates-${index}` }));
  expect(await schemaState((handles[0] as (typeof handles)[0]).pool)).toBe("behind");
  await Promise.all(handles.map((handle) => migrateDatabase(handle.pool)));
  for (const handle of handles) {
    expect(await schemaState(handle.pool)).toBe("current");
    await handle.close();
  }
});

test("rejects a database of a newer version and leaves it unchanged", async () => {
  const handle = openDatabase(await emptyDatabase(), { max: 2, name: "newer" });
  await migrateDatabase(handle.pool);
  await handle.pool.query(
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9000000000000)",
  );
  await expect(migrateDatabase(handle.pool)).rejects.toThrow(StartError);
  await expect(migrateDatabase(handle.pool)).rejects.toThrow("newer version of Leeway");
  const { rows } = await handle.pool.query(
    "select count(*)::int as locks from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  );
  expect(rows[0].locks).toBe(0);
  await handle.close();
});

import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { postgresRows } from "./postgres-rows.ts";

test("prepares statements for a thousand views, and reads the others without", async () => {
  const { db } = await freshDatabase();
  await db.transaction(async (tx) => {
    const rows = postgresRows(tx);
    for (let number = 1; number <= 1_010; number += 1) {
      const { rows: found } = await rows.read({ number, ttlUs: null }, [Buffer.from("k")]);
      expect(found).toEqual([undefined]);
    }
    const { rows: counted } = await tx.execute(
      sql`select count(*)::int as count from pg_prepared_statements where name like 'features.read.%'`,
    );
    expect(counted).toEqual([{ count: 1_000 }]);
  });
});

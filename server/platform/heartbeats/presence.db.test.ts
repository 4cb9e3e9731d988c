import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { rolledBack } from "#db/testing.ts";
import { notePresence, presentSince } from "./presence.ts";

/** Moves what is stored into the past. */
const pass = (db: Database, seconds: number) =>
  db.execute(sql`
    update leases set ends_at = ends_at - make_interval(secs => ${seconds}), holder = (holder::bigint - ${seconds} * 1000)::text
    where name = 'present-web'`);

test("a role has been there since the first process of it that no gap followed", () =>
  rolledBack(async (db) => {
    expect(await presentSince(db, "web")).toBeUndefined();
    await notePresence(db, "web");
    const began = await presentSince(db, "web");
    expect(Math.abs(Date.now() - (began ?? 0))).toBeLessThan(5_000);
    for (const _ of [1, 2, 3]) {
      await pass(db, 20);
      await notePresence(db, "web");
    }
    expect(await presentSince(db, "web"), "60 s with calls every 20 s").toBe((began ?? 0) - 60_000);
    await pass(db, 40);
    const away = await presentSince(db, "web");
    expect(Math.abs(Date.now() - (away ?? 0)), "nobody is there").toBeLessThan(5_000);
    await notePresence(db, "web");
    await pass(db, 10);
    await notePresence(db, "web");
    expect(Math.abs(Date.now() - 10_000 - ((await presentSince(db, "web")) ?? 0))).toBeLessThan(5_000);
    expect(await presentSince(db, "worker")).toBeUndefined();
  }));

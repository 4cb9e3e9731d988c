import { and, eq, notInArray, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { featureArrivals } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { arrivalPages } from "./arrival-pages.ts";

const { db } = await freshDatabase();

async function pagesOf(viewNumber: number): Promise<number[][]> {
  const pages: number[][] = [];
  for await (const page of arrivalPages(db, { viewNumber, horizon: String(2n ** 62n) })) {
    pages.push(page.map(({ sequence }) => sequence));
  }
  return pages;
}

test("reads a page of at most 5,000 rows and about 16 MiB, at least one row, in the order of writing", async () => {
  const ctx = await newWorkspace(db);
  const { number } = await newDriverStats(ctx);
  for (let trip = 0; trip < 20; trip++) {
    const columns = driverRows([[7, "2026-03-01T12:00:00Z", trip]]);
    await writeFeatures(ctx, { pushSource: "driver_push", columns });
  }
  const [all = []] = await pagesOf(number);
  expect(all).toHaveLength(20);
  const grow = (mebibytes: number) =>
    db
      .update(featureArrivals)
      .set({ packed: sql`decode(repeat('00', ${sql.raw(String(mebibytes * 1_048_576))}), 'hex')` })
      .where(eq(featureArrivals.viewNumber, number));
  await grow(1);
  expect(await pagesOf(number)).toEqual([all.slice(0, 16), all.slice(16)]);
  // Three such rows show it, and take a second less each than all would.
  const kept = all.slice(0, 3);
  await db
    .delete(featureArrivals)
    .where(and(eq(featureArrivals.viewNumber, number), notInArray(featureArrivals.sequence, kept)));
  await grow(17);
  expect(await pagesOf(number)).toEqual(kept.map((sequence) => [sequence]));
});

import { expect, test } from "vitest";
import { featureValueHours } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { hourMs } from "#server/base/durations.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { featureWatcher } from "./feature-watcher.ts";
import { listViewFindings } from "./findings/queries.ts";

test("compares values that another worker had counted when it died", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { workspaceId } = ctx.actor;
  const view = await newDriverStats(ctx);
  const hour = Math.floor(Date.now() / hourMs) * hourMs;
  const rows = 100;
  await db.insert(featureValueHours).values(
    [0, 0, 0, 60].map((nulls, place, all) => {
      const at = new Date(hour - (all.length - 1 - place) * hourMs);
      return { workspaceId, viewId: view.id, feature: "conv_rate", hour: at, rows, nulls, levels: null };
    }),
  );
  const watcher = featureWatcher(db, () => Promise.resolve());
  await watcher.start();
  try {
    await expect
      .poll(async () => (await listViewFindings(ctx)).findings, { timeout: 10_000 })
      .toMatchObject([{ kind: "values-changed", feature: "conv_rate" }]);
  } finally {
    await watcher.stop();
  }
});

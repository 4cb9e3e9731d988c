import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { sloStates, slos } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { newServed, newSlo } from "../../testing/fixtures/slo/testing.ts";
import { standardRules } from "./engine/standard-rules.ts";
import { sloWatcher } from "./slo-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const rules = standardRules({ kind: "rolling", days: 30 }, "availability");

test("evaluates every SLO once across workers, despite one that fails", async () => {
  const served = await newServed(ctx);
  const indicator = { kind: "availability" as const, endpointId: served.endpointId };
  await addWindow(ctx, {
    ...served,
    windowStart: new Date(Date.now() - 10_000),
    latenciesMs: [1],
    failures: { "500": 40 },
  });
  const broken = await newSlo(ctx, indicator, { name: "broken" });
  await db
    .update(slos)
    .set({ definition: { target: "none" } as never })
    .where(eq(slos.id, broken.id));
  const good = [];
  for (let number = 0; number < 20; number += 1)
    good.push(await newSlo(ctx, indicator, { rules, name: `slo-${number}` }));
  const runners = [sloWatcher(db, notifyAfterChange), sloWatcher(db, notifyAfterChange)];
  // Rounds end after a while, so that a slow machine needs more of them.
  while ((await db.select().from(sloStates)).length < good.length) {
    await Promise.all(runners.map((runner) => runner.evaluate()));
  }
  // One page and one ticket each, started once.
  const { rows } = await db.execute(sql`
    select severity, count(*)::int as alerts from alerts where workspace_id = ${ctx.actor.workspaceId} group by 1 order by 1`);
  expect(rows).toEqual([
    { severity: "page", alerts: 20 },
    { severity: "ticket", alerts: 20 },
  ]);
  const { rows: started } = await db.execute(sql`
    select count(*)::int as events from alert_events where kind = 'firing' and workspace_id = ${ctx.actor.workspaceId}`);
  expect(started).toEqual([{ events: 40 }]);
});

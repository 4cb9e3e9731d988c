import { and, eq } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { rolloutCounts, rollouts } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { type Fixture, logged, stepping } from "../../../testing/fixtures/rollouts/sources/testing.ts";
import { sourceWatcher } from "./source-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

/** Creates a rollout with one labelled request. */
async function labelled(): Promise<Fixture> {
  const fixture = await stepping(await newWorkspace(db), [{ metric: "label-errors" }, { metric: "errors" }]);
  await logged(fixture, "a", { arm: "canary" });
  await recordLabels(fixture.ctx, { endpointId: fixture.endpointId, labels: [{ requestId: "a", label: "2" }] });
  return fixture;
}

const counts = ({ rolloutId }: Fixture) =>
  db.$count(rolloutCounts, and(eq(rolloutCounts.rolloutId, rolloutId), eq(rolloutCounts.source, "labels")));

test("counts every active rollout even when another one fails", async () => {
  const [broken, sound] = [await labelled(), await labelled()];
  await db
    .update(rollouts)
    .set({ plan: {} as never })
    .where(eq(rollouts.id, broken.rolloutId));
  const runner = sourceWatcher(db);
  onTestFinished(() => runner.stop());
  await runner.start();
  expect([await counts(broken), await counts(sound)]).toEqual([0, 1]);
});

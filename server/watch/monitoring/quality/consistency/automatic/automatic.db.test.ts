import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { systemContext } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { type DigitsFixture, digitsFixture, logRequests } from "#server/testing/fixtures/registry/gates/testing.ts";
import { as, newWorkspace } from "#server/testing/testing.ts";
import { listAnalyses } from "../../../analyses/queries.ts";
import { runAnalysis } from "../../../analyses/run-analysis.ts";
import { listFindings } from "../../../findings/queries.ts";
import { setMonitor } from "../../../settings/set-monitor.ts";
import { consistencyWatcher } from "./consistency-watcher.ts";
import { watchConsistency } from "./watch-consistency.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const worker: Context = systemContext(db, ctx.actor.workspaceId, "watch-consistency");
const now = Date.now();
const artifacts = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-consistency-")));
let fixture: DigitsFixture;
beforeAll(async () => {
  fixture = await digitsFixture(ctx);
}, 60_000);
afterAll(() => fixture.close());

const evaluate = (at = now) => watchConsistency(worker, fixture.endpointId, at, notifyAfterChange);
const listed = () => listAnalyses(ctx, { endpointId: fixture.endpointId });
const serve = (version: number) =>
  deployVersion(ctx, { endpointId: fixture.endpointId, model: "digits", version, reason: "next" });
const set = (consistency: object) =>
  setMonitor(ctx, { endpointId: fixture.endpointId, settings: { consistency }, reason: "As agreed." });

test("skips a first version without a predecessor, and waits for recorded requests for a second one", async () => {
  expect(await evaluate()).toBe(false);
  await serve(4);
  expect(await evaluate()).toBe(false);
  const inputs = fixture.images.slice(0, 120).map((image) => [image]);
  await logRequests(ctx, { endpointId: fixture.endpointId, versionId: fixture.versionIds[1] as string, inputs });
  await set({ isAutomatic: false });
  expect(await evaluate()).toBe(false);
  await set({ maxDisagreement: 0 });
  await expect(watchConsistency(as(ctx, "operator"), fixture.endpointId, now, notifyAfterChange)).rejects.toMatchObject(
    {
      code: "forbidden",
    },
  );
});

test("compares a newly deployed version once across workers, and opens a ticket above the disagreement threshold", async () => {
  expect((await Promise.all([evaluate(), evaluate()])).filter(Boolean)).toHaveLength(1);
  await consistencyWatcher(db, notifyAfterChange).evaluate(now);
  const [request, ...others] = await listed();
  expect(others).toEqual([]);
  expect(request).toMatchObject({ state: "waiting", createdBy: "Leeway" });
  const sides = [1, 3].map((index) => fixture.versionIds[index]);
  expect(request?.question).toMatchObject({
    consistency: { first: { versionId: sides[0] }, second: { versionId: sides[1] }, maxRequests: 300, tolerance: 0.05 },
  });
  await evaluate();
  expect(await listFindings(ctx, { watchers: ["consistency"] })).toEqual([]);
  await runAnalysis(worker, request?.id ?? "", { artifacts, models: fixture.runner });
  await evaluate();
  const [found] = await listFindings(ctx, { watchers: ["consistency"] });
  expect(found).toMatchObject({ kind: "versions disagree", severity: "ticket", versionId: sides[1] });
  expect(found?.words).toMatch(
    /^v4 gives a different prediction than v2, which served before.* of 120 recorded requests/,
  );
  expect(found?.evidence).toMatchObject({ compared: 120, line: 0, occasion: "deployment" });
});

test("closes the finding by a higher threshold, after a week or on rollback, without a new comparison", async () => {
  const open = async () => (await listFindings(ctx, { watchers: ["consistency"] })).length;
  await set({ maxDisagreement: 1 });
  await evaluate();
  expect(await open()).toBe(0);
  await set({ maxDisagreement: 0 });
  await evaluate();
  expect(await open()).toBe(1);
  await evaluate(now + 8 * dayMs);
  expect(await open()).toBe(0);
  await serve(2);
  expect(await evaluate()).toBe(false);
  expect(await open()).toBe(0);
  expect(await listed()).toHaveLength(1);
});

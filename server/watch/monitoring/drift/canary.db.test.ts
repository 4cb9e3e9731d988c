import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, referenceFeatures, referenceProfiles, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newRollout } from "#server/testing/fixtures/rollouts/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { normals, profiled } from "../../../testing/fixtures/monitoring/drift/testing.ts";
import { countRows } from "../../../testing/fixtures/monitoring/testing.ts";
import { MonitorSettings } from "../contract.ts";
import { listFindings } from "../findings/queries.ts";
import { watchEndpoint } from "./drift-watcher.ts";
import { OrdinaryHistory } from "./windows/ordinary-history.ts";

const settings = MonitorSettings.parse({ lengths: ["hour"] });
const now = Math.floor(Date.now() / hourMs) * hourMs + 5 * 60_000;
const lastHour = now - 65 * 60_000;
const features = profiled({ age: normals(seededRandom(1), 10_000) });

async function reference(ctx: Context, versionId: string): Promise<string> {
  const { workspaceId } = ctx.actor;
  const source = { kind: "dataset" as const, name: "d", digest: "d", labelColumn: null, where: null, columns: {} };
  const [made] = await ctx.db
    .insert(referenceProfiles)
    .values({ workspaceId, versionId, source, rows: 10_000, state: "ready", createdBy: "test" })
    .returning();
  const profileId = made?.id as string;
  const rows = features.map((feature, ordinal) => ({ workspaceId, profileId, ordinal, ...feature }));
  await ctx.db.insert(referenceFeatures).values(rows);
  return profileId;
}

/** Creates a rollout whose new version gets rows unlike its reference, while the stable version's rows match. */
async function fixture(ctx: Context) {
  const { endpointId, rolloutId, stable, canary } = await newRollout(ctx);
  const count = async (versionId: string, arm: "stable" | "canary", mean: number) => {
    const key = { workspaceId: ctx.actor.workspaceId, endpointId, versionId, arm, segment: "" };
    const profileId = await reference(ctx, versionId);
    const columns = { age: normals(seededRandom(mean * 10 + 2), 600, { mean }) };
    await countRows(ctx, { ...key, profileId, endpoint: "digits", features }, lastHour, columns);
  };
  await count(stable.id, "stable", 0);
  await count(canary.id, "canary", 1);
  const watch = (at = now) =>
    watchEndpoint(ctx, {
      endpointId,
      settings,
      history: new OrdinaryHistory(),
      afterChange: notifyAfterChange,
      now: at,
    });
  const end = (phase: "promoted" | "rolled-back") =>
    ctx.db
      .update(rollouts)
      .set({ phase, endedAt: new Date(now) })
      .where(eq(rollouts.id, rolloutId));
  return { endpointId, rolloutId, canaryId: canary.id, watch, end };
}

test(
  "opens a separate ticket for canary drift that names the arm, and closes it on rollback without a hold",
  inWorkspace(async (ctx) => {
    const { endpointId, rolloutId, canaryId, watch, end } = await fixture(ctx);
    expect((await watch()).evaluatedCount).toBe(1);
    const [found, ...others] = await listFindings(ctx, { endpointId });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      kind: "canary drift",
      feature: "age",
      severity: "ticket",
      versionId: canaryId,
      evidence: { arm: "canary", rolloutId },
    });
    expect(found?.words).toMatch(/^Canary v2: age changed: PSI/);
    const [alert] = await ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId));
    expect(alert?.labels).toMatchObject({ kind: "canary drift", version: "2" });
    await end("rolled-back");
    await watch(now + 10 * 60_000);
    expect(await listFindings(ctx, { endpointId })).toEqual([]);
    expect(await listFindings(ctx, { endpointId, state: "all" })).toHaveLength(1);
  }),
);

test(
  "closes the canary finding on promotion, and reports the same drift on the endpoint",
  inWorkspace(async (ctx) => {
    const { endpointId, watch, end } = await fixture(ctx);
    await watch();
    await end("promoted");
    await watch(now + 10 * 60_000);
    const open = await listFindings(ctx, { endpointId });
    expect(open.map(({ kind }) => kind)).toEqual(["drift"]);
  }),
);

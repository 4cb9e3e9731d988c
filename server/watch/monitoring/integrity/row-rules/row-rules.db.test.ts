import { expect, test } from "vitest";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { readSource } from "#server/watch/slo/indicators/read-source.ts";
import { serveWithReference } from "../../../../testing/fixtures/monitoring/integrity/testing.ts";
import { feature, numericProfile } from "../../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { getIntegrity } from "../queries.ts";
import { watchIntegrity } from "../watch-integrity.ts";

const now = Math.floor(Date.now() / minuteMs) * minuteMs;
const features = [feature("x[0]", numericProfile([1, 2, 3, 4, 5, 6, 7, 8, 9]))];

async function request(
  ctx: Context,
  of: { endpointId: string; versionId: string },
  at: number,
  first: readonly number[],
) {
  await ctx.db.insert(predictions).values(
    first.map((value, index) => ({
      id: crypto.randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      ...of,
      arm: "stable" as const,
      at: new Date(at + index),
      requestId: crypto.randomUUID(),
      status: 200,
      provider: "cpu",
      latencyMs: 1,
      inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data: [value, 0, 0, 0] }],
    })),
  );
}

const countBytes = async ({ db, actor: { workspaceId } }: Context, endpointId: string) =>
  (
    await readSource(db, [{ id: "s", workspaceId, indicator: { kind: "data-quality", endpointId } }], {
      from: now - 86_400_000,
      to: now + minuteMs,
    })
  ).map(({ minute, good, total }) => [(now - minute) / minuteMs, good, total]);

test(
  "counts valid rows per minute, and keeps earlier counts when rules change",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await serveWithReference(ctx, features);
    const of = { endpointId, versionId };
    await request(ctx, of, now - 40 * minuteMs, [1, 2, 30, 4]);
    await request(ctx, of, now - 5 * minuteMs, [1, 30]);
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    expect(await countBytes(ctx, endpointId)).toEqual([]);
    expect((await getIntegrity(ctx, { endpointId })).kept).toBeNull();
    const limit = (max: number) =>
      setMonitor(ctx, { endpointId, settings: { limits: { "x[0]": { max } } }, reason: "As agreed." });
    await limit(10);
    const later = now + minuteMs;
    await watchIntegrity(ctx, endpointId, { now: later }, notifyAfterChange);
    expect(await countBytes(ctx, endpointId)).toEqual([[5, 1, 2]]);
    await watchIntegrity(ctx, endpointId, { now: later }, notifyAfterChange);
    expect(await countBytes(ctx, endpointId)).toEqual([[5, 1, 2]]);
    expect((await getIntegrity(ctx, { endpointId })).kept).toEqual({ good: 1, total: 2 });
    await watchIntegrity(ctx, endpointId, { now: now + 16 * minuteMs }, notifyAfterChange);
    await limit(50);
    await watchIntegrity(ctx, endpointId, { now: now + 30 * minuteMs }, notifyAfterChange);
    expect(await countBytes(ctx, endpointId)).toEqual([[5, 1, 2]]);
    expect(await countBytes(await newWorkspace(ctx.db), endpointId)).toEqual([]);
  }),
);

test(
  "counts the same sample of a busy minute in every evaluation",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await serveWithReference(ctx, features);
    await setMonitor(ctx, { endpointId, settings: { limits: { "x[0]": { max: 10 } } }, reason: "As agreed." });
    await request(
      ctx,
      { endpointId, versionId },
      now - 3 * minuteMs,
      Array.from({ length: 200 }, (_, at) => (at % 2) * 20),
    );
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    const [first] = await countBytes(ctx, endpointId);
    expect(first?.[2]).toBe(20);
    expect(first?.[1]).toBeGreaterThan(0);
    expect(first?.[1]).toBeLessThan(20);
    await watchIntegrity(ctx, endpointId, { now: now + minuteMs }, notifyAfterChange);
    expect(await countBytes(ctx, endpointId)).toEqual([first]);
  }),
);

import { expect, test } from "vitest";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { storeUnits } from "#server/serve/rollout/store-units.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { recordOutcomes } from "../../../report/kpis/record-outcomes.ts";
import { hashedUnit } from "../../../serve/rollout/assignment-bucket.ts";
import { type Fixture, logged, recounted, stepping } from "../../../testing/fixtures/rollouts/sources/testing.ts";
import { count } from "../../../testing/fixtures/rollouts/testing.ts";
import { abortRollout } from "../abort-rollout.ts";
import { getRollout } from "../queries.ts";
import { findRollout } from "../rollout-rows.ts";
import type { RecordOutcomes } from "./contract.ts";
import { getRolloutOutcomes } from "./outcome-queries.ts";

const guardrails = [{ metric: "errors" as const }, { metric: "conversions" as const, event: "order" }];
const nothing = { recorded: 0, added: 0, unchanged: 0, replaced: 0, unknown: [] as string[] };

function record({ ctx, endpointId }: Fixture, ...outcomes: RecordOutcomes["outcomes"]) {
  return recordOutcomes(ctx, { endpointId, outcomes });
}

/** Stores units as gateways count them. */
async function seen({ ctx, rolloutId }: Fixture, canary: number, stable: number, at = { step: 0, weight: 0.1 }) {
  await count(ctx, rolloutId, { ...at, metric: "conversions", arm: "canary", units: canary, events: 0 });
  await count(ctx, rolloutId, { ...at, metric: "conversions", arm: "stable", units: stable, events: 0 });
}

test(
  "counts an outcome once for the arm and step of its request, and accepts a corrected value",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await seen(fixture, 10, 90);
    await logged(fixture, "a", { arm: "canary" });
    await logged(fixture, "b");
    const order = { requestId: "a", name: "order", value: 20 };
    const other = { requestId: "b", name: "order" };
    expect(await record(fixture, order, other, { requestId: "b", name: "return" })).toEqual({
      ...nothing,
      recorded: 3,
      added: 3,
    });
    expect(await record(fixture, order, order)).toEqual({ ...nothing, recorded: 1, unchanged: 1 });
    expect(await record(fixture, { ...order, value: 25 })).toEqual({ ...nothing, recorded: 1, replaced: 1 });
    expect(await record(fixture, { ...other, value: 5 })).toEqual({ ...nothing, recorded: 1, replaced: 1 });
    await recounted(fixture, "conversions");
    await recounted(fixture, "conversions");
    const { evidence } = await getRollout(ctx, { rolloutId: fixture.rolloutId });
    expect(evidence.guardrails[1]).toMatchObject({
      metric: "conversions",
      canary: { units: 10, events: 1 },
      stable: { units: 90, events: 1 },
    });
    const { outcomes, unit } = await getRolloutOutcomes(ctx, { rolloutId: fixture.rolloutId });
    expect([unit, ...outcomes.map(({ name, isGuardrail }) => [name, isGuardrail])]).toEqual([
      "request",
      ["order", true],
      ["return", false],
    ]);
    expect(outcomes[0]).toMatchObject({ canary: { value: 25, units: 10 }, stable: { value: 5, events: 1 } });
  }),
);

test(
  "treats fewer conversions than those of the stable version as a regression",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await seen(fixture, 1000, 9000);
    for (const [arm, orders] of [
      ["canary", 5],
      ["stable", 400],
    ] as const) {
      const ids = Array.from({ length: orders }, (_, at) => `${arm}-${at}`);
      for (const id of ids) await logged(fixture, id, { arm });
      await record(fixture, ...ids.map((requestId) => ({ requestId, name: "order" })));
    }
    await recounted(fixture, "conversions");
    const [, conversions] = (await getRollout(ctx, { rolloutId: fixture.rolloutId })).evidence.guardrails;
    expect(conversions).toMatchObject({ verdict: "harmful", canary: { events: 5 }, stable: { events: 400 } });
    const { outcomes } = await getRolloutOutcomes(ctx, { rolloutId: fixture.rolloutId });
    expect(outcomes[0]?.rateRatio.high).toBeLessThan(0.5);
  }),
);

test(
  "accepts outcomes only for requests sampled by ID, including failed ones, and names the others",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await logged(fixture, "unsure", { arm: "canary", loggedReason: "low-confidence", rollout: { isSampled: false } });
    await logged(fixture, "failed", {
      arm: "canary",
      loggedReason: "failed",
      status: 500,
      rollout: { isSampled: false },
    });
    await logged(fixture, "failed-sampled", { arm: "canary", loggedReason: "failed", status: 500 });
    await logged(fixture, "copied", { arm: "shadow" });
    await logged(fixture, "pinned", { rollout: null });
    const ids = ["unsure", "failed", "failed-sampled", "copied", "pinned", "never-seen"];
    expect(await record(fixture, ...ids.map((requestId) => ({ requestId, name: "order" })))).toEqual({
      ...nothing,
      recorded: 6,
      added: 1,
      unknown: ["unsure", "failed", "copied", "pinned", "never-seen"],
    });
    await logged(fixture, "never-seen");
    expect(await record(fixture, { requestId: "never-seen", name: "order" })).toMatchObject({ added: 1, unknown: [] });
  }),
);

test(
  "counts a key in the arm seen first, by key or by request, and ignores a second outcome",
  inWorkspace(async (ctx) => {
    const unit = { kind: "header", header: "x-customer" } as const;
    const fixture = await stepping(ctx, guardrails, { unit });
    const { rolloutId } = fixture;
    const { salt } = await findRollout(ctx, rolloutId);
    const [ada, bob] = ["ada", "bob"].map((key) => hashedUnit(salt, key)) as [string, string];
    const routed = { step: 0, weight: 0.1, events: [] };
    await storeUnits(ctx.db, { workspaceId: ctx.actor.workspaceId, rolloutId, metrics: ["errors", "conversions"] }, [
      { unit: ada, arm: "stable", ...routed },
      { unit: bob, arm: "canary", ...routed },
    ]);
    // She moved when the weight grew.
    await logged(fixture, "r1", {
      arm: "canary",
      loggedReason: "low-confidence",
      rollout: { unit: ada, step: 1, isSampled: false },
    });
    const received = await record(
      fixture,
      { key: "bob", name: "order", value: 7 },
      { key: "eve", name: "order" },
      { requestId: "r1", name: "order", value: 3 },
    );
    expect(received).toEqual({ ...nothing, recorded: 3, added: 2, unknown: ["eve"] });
    expect(await record(fixture, { key: "ada", name: "order", value: 4 })).toMatchObject({ replaced: 1 });
    await recounted(fixture, "conversions");
    const { outcomes } = await getRolloutOutcomes(ctx, { rolloutId });
    expect(outcomes).toMatchObject([
      { stable: { units: 1, events: 1, value: 4 }, canary: { units: 1, events: 1, value: 7 } },
    ]);
    const early = new Date(Date.now() - 3_600_000);
    expect(await record(fixture, { key: "bob", name: "order", at: early })).toMatchObject({ unknown: ["bob"] });
  }),
);

test(
  "does not know a key in a rollout by requests, and accepts requests of an ended rollout",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await seen(fixture, 1, 1);
    await logged(fixture, "a", { arm: "canary" });
    await abortRollout(ctx, { rolloutId: fixture.rolloutId, reason: "enough" });
    const received = await record(fixture, { key: "a", name: "order" }, { requestId: "a", name: "order" });
    expect(received).toEqual({ ...nothing, recorded: 2, added: 1, unknown: ["a"] });
    const { outcomes } = await getRolloutOutcomes(ctx, { rolloutId: fixture.rolloutId });
    expect(outcomes).toMatchObject([{ name: "order", canary: { units: 1, events: 1 } }]);
  }),
);

test(
  "requires either a request or a key, forbids viewers to report, and rejects an archived endpoint",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    const { rolloutId } = fixture;
    await expect(record(fixture, { name: "order" })).rejects.toThrow("Specify either the request");
    await expect(record(fixture, { name: "order", key: "a", requestId: "a" })).rejects.toThrow(
      "Specify either the request",
    );
    const viewer = { ...fixture, ctx: as(ctx, "viewer") };
    await expect(record(viewer, { name: "order", key: "a" })).rejects.toMatchObject({ code: "forbidden" });
    expect((await getRolloutOutcomes(viewer.ctx, { rolloutId })).outcomes).toHaveLength(1);
    const { id: endpointId } = await createEndpoint(ctx, { name: "old" });
    await archiveEndpoint(ctx, { endpointId });
    const late = recordOutcomes(ctx, { endpointId, outcomes: [{ key: "a", name: "order" }] });
    await expect(late).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "neither records nor returns business events of another workspace's rollout",
  inWorkspace(async (ctx) => {
    const fixture = await stepping(ctx, guardrails);
    await logged(fixture, "a");
    const other = await newWorkspace(ctx.db);
    await expect(record({ ...fixture, ctx: other }, { requestId: "a", name: "order" })).rejects.toMatchObject({
      code: "not-found",
    });
    const { id: endpointId } = await createEndpoint(other, { name: "theirs" });
    const received = await recordOutcomes(other, { endpointId, outcomes: [{ requestId: "a", name: "order" }] });
    expect(received).toMatchObject({ added: 0, unknown: ["a"] });
    await expect(getRolloutOutcomes(other, { rolloutId: fixture.rolloutId })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

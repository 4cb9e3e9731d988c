import { expect, test } from "vitest";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { lastAudit, modelWithVersions } from "../../../testing/fixtures/registry/testing.ts";
import { getPolicy } from "./queries.ts";
import { setPolicy } from "./set-policy.ts";

test(
  "applies the workspace policy until a model has its own, and again after its removal",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    expect(await getPolicy(ctx, "a")).toMatchObject({ origin: "none", policy: { protectedAliases: [], gates: [] } });
    await setPolicy(ctx, { policy: { protectedAliases: ["champion"] }, reason: "house rule" });
    expect(await getPolicy(ctx, "a")).toMatchObject({ origin: "workspace", reason: "house rule" });
    await setPolicy(ctx, { name: "a", policy: { gates: [{ kind: "metadata" }] }, reason: "its own" });
    expect(await getPolicy(ctx, "a")).toMatchObject({ origin: "model", policy: { protectedAliases: [] } });
    expect(await lastAudit(ctx)).toMatchObject({
      action: "policy.changed",
      subject: "model/a",
      before: { protectedAliases: ["champion"] },
      reason: "its own",
    });
    await setPolicy(ctx, { name: "a", policy: null, reason: "back" });
    expect(await getPolicy(ctx, "a")).toMatchObject({ origin: "workspace", changedBy: ctx.actor.name });
    expect(await getPolicy(await newWorkspace(ctx.db))).toMatchObject({ origin: "none" });
  }),
);

test(
  "rejects an invalid policy, and one without a reason",
  inWorkspace(async (ctx) => {
    const refused = { name: "ZodError" };
    const twice = [{ kind: "metadata" as const }, { kind: "metadata" as const }];
    await expect(setPolicy(ctx, { policy: { gates: twice }, reason: "x" })).rejects.toMatchObject(refused);
    const aimless = [{ kind: "metric" as const, metric: "accuracy" }];
    await expect(setPolicy(ctx, { policy: { gates: aimless }, reason: "x" })).rejects.toMatchObject(refused);
    await expect(setPolicy(ctx, { policy: { protectedAliases: ["latest"] }, reason: "x" })).rejects.toMatchObject(
      refused,
    );
    await expect(setPolicy(ctx, { policy: null, reason: " " })).rejects.toMatchObject(refused);
    await expect(setPolicy(ctx, { name: "no", policy: null, reason: "x" })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(setPolicy(as(ctx, "member"), { policy: null, reason: "x" })).rejects.toMatchObject({
      code: "forbidden",
    });
  }),
);

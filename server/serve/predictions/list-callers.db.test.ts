import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { dayMs } from "#server/base/durations.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { listCallers } from "./list-callers.ts";

test(
  "lists who sent sampled requests of the last days, most requests first, and nothing of another workspace",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const row = (caller: string | null, change: Partial<typeof predictions.$inferInsert> = {}) => ({
      id: randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      versionId: randomUUID(),
      arm: "stable" as const,
      requestId: randomUUID(),
      at: new Date(),
      status: 200,
      latencyMs: 3,
      provider: "cpu",
      caller,
      ...change,
    });
    await ctx.db
      .insert(predictions)
      .values([
        row("web-shop"),
        row("nightly"),
        row("web-shop"),
        row(null),
        row("mirror", { arm: "shadow" }),
        row("broken", { loggedReason: "failed" }),
        row("retired", { at: new Date(Date.now() - 8 * dayMs) }),
      ]);
    expect(await listCallers(ctx, endpointId)).toEqual(["web-shop", "nightly"]);
    expect(await listCallers(await newWorkspace(ctx.db), endpointId)).toEqual([]);
  }),
);

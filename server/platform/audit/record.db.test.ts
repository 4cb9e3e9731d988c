import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents } from "#db/schema/index.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { record } from "./record.ts";

test(
  "stores actor, action, before and after in an audit event",
  inWorkspace(async (ctx) => {
    await record(ctx, "endpoint.renamed", {
      subject: "endpoint/digits",
      before: { name: "a" },
      after: { name: "b" },
      reason: "typo",
    });
    const [entry] = await ctx.db.select().from(auditEvents).where(eq(auditEvents.workspaceId, ctx.actor.workspaceId));
    expect(entry).toMatchObject({
      actorId: ctx.actor.id,
      action: "endpoint.renamed",
      before: { name: "a" },
      after: { name: "b" },
      reason: "typo",
    });
  }),
);

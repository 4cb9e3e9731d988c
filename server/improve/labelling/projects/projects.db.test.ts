import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createServiceAccount } from "#server/platform/identity/service-accounts/create-service-account.ts";
import { inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
import { countLabellers } from "./queries.ts";

test(
  "counts the people who may label in a workspace",
  inWorkspace(async (ctx) => {
    await newMember(await newWorkspace(ctx.db));
    await newMember(ctx, "viewer");
    await createServiceAccount(ctx, { name: "pre-labels", role: "member" });
    expect(await countLabellers(ctx)).toBe(1);
    const other = await newMember(ctx);
    expect(await countLabellers(ctx)).toBe(2);
    await ctx.db.execute(sql`update memberships set disabled_at = now() where user_id = ${other.actor.id}`);
    expect(await countLabellers(ctx)).toBe(1);
  }),
);

import { and, eq } from "drizzle-orm";
import { contactMethods } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { personOf } from "#server/identity/person-of.ts";
import { ContactMethods } from "./contract.ts";

/** How the caller wants to be told, and their time zone; what nobody said yet is e-mail, in UTC. */
export async function getContactMethods(ctx: Context): Promise<ContactMethods> {
  permit(ctx, "getContactMethods");
  const userId = await personOf(ctx);
  if (!userId) return { methods: [], timeZone: "UTC" };
  const [row] = await ctx.db
    .select()
    .from(contactMethods)
    .where(and(eq(contactMethods.workspaceId, ctx.actor.workspaceId), eq(contactMethods.userId, userId)));
  return row ? ContactMethods.parse(row) : { methods: [], timeZone: "UTC" };
}

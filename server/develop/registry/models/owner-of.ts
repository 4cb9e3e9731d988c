import { and, eq } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";

/** Returns the owner of what is created: the person behind a session or token; else only the actor's name, as for service accounts. */
export async function ownerOf(ctx: Context): Promise<{ ownerName: string; ownerId: string | null }> {
  const person = await personOf(ctx);
  const [user] = person
    ? await ctx.db
        .select({ name: users.name })
        .from(users)
        .where(and(eq(users.id, person), eq(users.kind, "person")))
    : [];
  return { ownerName: user?.name ?? ctx.actor.name, ownerId: user ? person : null };
}

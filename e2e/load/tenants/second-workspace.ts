import { eq } from "drizzle-orm";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { createWorkspace } from "#server/admin/workspaces/workspaces/create-workspace.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";

export interface Tenant {
  ctx: Context;
  /** Authorization header of a caller. */
  headers: { authorization: string };
}

/** Creates another workspace beside the first one. @param first context in the first workspace */
export async function openSecondWorkspace({ db, actor: { workspaceId } }: Context): Promise<Tenant> {
  const [admin] = await db
    .select({ id: users.id, name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.workspaceId, workspaceId));
  if (!admin) throw new Error("The first workspace has no admin.");
  const slug = "neighbour";
  await createWorkspace({ db, actor: { kind: "user", ...admin, workspaceId, role: "admin" } }, { slug, name: slug });
  const [created] = await db.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.slug, slug));
  if (!created) throw new Error("The workspace was not created.");
  const ctx = systemContext(db, created.id, "load");
  const { secret } = await createTokenFor(ctx, admin.id, { name: "load", scopes: ["infer"] });
  return { ctx, headers: { authorization: `Bearer ${secret}` } };
}

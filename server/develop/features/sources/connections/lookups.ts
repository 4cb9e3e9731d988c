import { and, eq } from "drizzle-orm";
import { featureConnections } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";

/** @throws DomainError "not-found" */
export async function findConnection(ctx: Context, name: string) {
  const ofName = and(eq(featureConnections.workspaceId, ctx.actor.workspaceId), eq(featureConnections.name, name));
  const [row] = await ctx.db.select().from(featureConnections).where(ofName);
  if (row) return row;
  throw new DomainError("not-found", `Connection "${name}" not found.`);
}

/** Returns the connection string. @throws DomainError "not-found"; "invalid" if it was lost with its key */
export async function connectionUrl(ctx: Context, name: string): Promise<string> {
  const { id, secret } = await findConnection(ctx, name);
  if (secret) return decryptSecret(ctx.db, "feature_connections.secret", id, secret);
  throw new DomainError("invalid", `The URL of the connection "${name}" was lost with its key. Enter it again.`);
}

import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { featureConnections } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import { lockDefinitions } from "../../definitions/lookups.ts";
import { DefineFeatureConnection, type FeatureConnection } from "./contract.ts";
import { openConnection } from "./open-connection.ts";
import { parseConnection } from "./parse-connection.ts";
import { toConnection } from "./queries.ts";

/**
 * Creates a connection or changes it, after it was tried. Sources have it by its name.
 * @throws DomainError "invalid" for a URL that is none, an address that the rules do not allow, or what the database refuses; "unavailable"
 */
export async function defineFeatureConnection(
  ctx: Context,
  input: DefineFeatureConnection,
  rules: NetworkRules,
): Promise<FeatureConnection> {
  permit(ctx, "defineFeatureConnection");
  const { name, description, url } = DefineFeatureConnection.parse(input);
  const address = url === undefined ? undefined : parseConnection(url).address;
  if (url !== undefined) await tryConnection(url, rules);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: createdBy } = ctx.actor;
    await lockDefinitions(ctx);
    const ofName = and(eq(featureConnections.workspaceId, workspaceId), eq(featureConnections.name, name));
    const [before] = await ctx.db.select().from(featureConnections).where(ofName);
    const id = before?.id ?? randomUUID();
    if (!before && (url === undefined || address === undefined)) {
      throw new DomainError("invalid", "A new connection needs a URL.", { field: "url" });
    }
    const secret = url === undefined ? undefined : await encryptSecret(ctx.db, "feature_connections.secret", id, url);
    const changes = { description, ...(address !== undefined && { address, secret }) };
    const [after] = before
      ? await ctx.db
          .update(featureConnections)
          .set({ ...changes, updatedAt: new Date() })
          .where(ofName)
          .returning()
      : await ctx.db
          .insert(featureConnections)
          .values({ id, workspaceId, name, createdBy, description, address: address ?? "", secret })
          .returning();
    if (!after) throw new Error("The connection was not written.");
    await record(ctx, before ? "feature-connection.changed" : "feature-connection.created", {
      subject: `feature-connection/${name}`,
      before: before && { address: before.address, description: before.description },
      after: { address: after.address, description, ...(before && { hasNewUrl: url !== undefined }) },
    });
    await publish(ctx, "features", name);
    return toConnection(after);
  });
}

/** Connects, and runs a statement. @throws DomainError */
export async function tryConnection(url: string, rules: NetworkRules): Promise<void> {
  const connection = await openConnection(url, rules);
  try {
    await connection.query("SELECT 1");
  } finally {
    await connection.close();
  }
}

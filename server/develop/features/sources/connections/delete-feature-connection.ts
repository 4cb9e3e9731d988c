import { and, asc, eq, sql } from "drizzle-orm";
import { featureConnections, featureSources } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockDefinitions } from "../../definitions/lookups.ts";
import { DeleteFeatureConnection } from "./contract.ts";
import { findConnection } from "./lookups.ts";

/** Deletes a connection with its password. @throws DomainError "not-found", "conflict" while a source has it */
export async function deleteFeatureConnection(ctx: Context, input: DeleteFeatureConnection): Promise<void> {
  permit(ctx, "deleteFeatureConnection");
  const { name, reason } = DeleteFeatureConnection.parse(input);
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const { id, address } = await findConnection(ctx, name);
    const [user] = await ctx.db
      .select({ name: featureSources.name })
      .from(featureSources)
      .where(
        and(
          eq(featureSources.workspaceId, ctx.actor.workspaceId),
          eq(featureSources.kind, "sql"),
          sql`${featureSources.options} ->> 'connection' = ${name}`,
        ),
      )
      .orderBy(asc(featureSources.name))
      .limit(1);
    if (user) throw new DomainError("conflict", `The source "${user.name}" reads by this connection. Change it first.`);
    await ctx.db.delete(featureConnections).where(eq(featureConnections.id, id));
    const subject = `feature-connection/${name}`;
    await record(ctx, "feature-connection.deleted", { subject, before: { address }, reason });
    await publish(ctx, "features", name);
  });
}

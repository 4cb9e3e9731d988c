import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { settingsOf } from "../execution/settings-of.ts";
import { CreateEndpoint, type Endpoint } from "./contract.ts";
import { permitEndpoint } from "./permit-endpoint.ts";

/** Makes an endpoint that serves nothing yet. @throws DomainError "conflict" when the name is or was taken */
export async function createEndpoint(ctx: Context, input: CreateEndpoint): Promise<Endpoint> {
  permit(ctx, "createEndpoint");
  const { name, description, captureShare, previousVersionsLoaded } = CreateEndpoint.parse(input);
  permitEndpoint(ctx, name);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: createdBy } = ctx.actor;
    const [row] = await ctx.db
      .insert(endpoints)
      .values({ workspaceId, name, description, captureShare, previousVersionsLoaded, createdBy })
      .onConflictDoNothing()
      .returning();
    if (!row) {
      throw new DomainError(
        "conflict",
        `An endpoint named "${name}" already exists or existed before it was archived. Choose another name.`,
      );
    }
    await record(ctx, "endpoint.created", {
      subject: `endpoint/${name}`,
      after: { description, captureShare, previousVersionsLoaded },
    });
    await publish(ctx, "endpoint", row.id);
    const { workspaceId: _, ...endpoint } = row;
    return { ...endpoint, execution: settingsOf(endpoint.execution), current: null };
  });
}

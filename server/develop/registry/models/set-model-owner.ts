import { and, eq, isNull } from "drizzle-orm";
import { memberships, promotionRequests, registeredModels, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { type RegisteredModel, SetModelOwner } from "./contract.ts";
import { loadModel } from "./rows.ts";

/**
 * Assigns a model to a user of the workspace. Open requests are checked again because a policy may require an owner.
 * @throws DomainError "not-found" for the model, or for a user who is not, or no longer, in the workspace.
 */
export async function setModelOwner(ctx: Context, input: SetModelOwner): Promise<RegisteredModel> {
  permit(ctx, "setModelOwner");
  const { name, ownerId } = SetModelOwner.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await findModel(ctx, name);
    const ownerName = await nameOfMember(ctx, ownerId);
    await ctx.db
      .update(registeredModels)
      .set({ ownerId, ownerName, updatedAt: Date.now() })
      .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.id, before.id)));
    await record(ctx, "model.owner-changed", {
      subject: `model/${name}`,
      before: { owner: before.ownerName },
      after: { owner: ownerName },
    });
    await enqueueChecks(ctx, eq(promotionRequests.modelId, before.id));
    await publish(ctx, "model", before.id);
    return loadModel(ctx, name);
  });
}

async function nameOfMember(ctx: Context, userId: string): Promise<string> {
  const [member] = await ctx.db
    .select({ name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        eq(memberships.userId, userId),
        eq(users.kind, "person"),
        isNull(memberships.disabledAt),
      ),
    );
  if (member) return member.name;
  throw new DomainError("not-found", "This person is not a member of the workspace. See Settings, People.");
}

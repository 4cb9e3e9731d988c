import { eq } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { deleteFeatureUses } from "#server/develop/features/pinned/note-uses.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { moveAlias } from "../aliases/move-alias.ts";
import { findVersion, noVersion } from "../lookups.ts";
import { lockModel } from "../models/lock-model.ts";
import { refuseWhileProtected } from "../policy/refuse-while-protected.ts";
import { keepDeleted } from "../trash/keep-deleted.ts";
import { VersionKey } from "./contract.ts";
import { refuseWhileServed } from "./refuse-while-served.ts";
import { loadVersion } from "./rows.ts";

/**
 * Moves a version with its tags and aliases to the trash. Its number is not reused.
 * @throws DomainError "not-found", "conflict" while it is deployed or the target of a protected alias.
 */
export async function deleteModelVersion(ctx: Context, input: VersionKey): Promise<void> {
  permit(ctx, "deleteModelVersion");
  const { name, version } = VersionKey.parse(input);
  await transact(ctx, async (ctx) => {
    const { modelId } = await findVersion(ctx, { name, version });
    await lockModel(ctx, modelId);
    const { id, source, runId, aliases, sha256 } = await loadVersion(ctx, { name, version });
    await refuseWhileServed(ctx, eq(modelVersions.id, id));
    await refuseWhileProtected(ctx, { id: modelId, name }, aliases);
    await keepDeleted(ctx, { modelId, name, version: { id, number: version } });
    for (const alias of aliases) await moveAlias(ctx, { modelId, alias, to: null, cause: "deletion", expected: id });
    await deleteFeatureUses(ctx, "model-version", [id]);
    const deleted = await ctx.db.delete(modelVersions).where(eq(modelVersions.id, id)).returning();
    if (deleted.length === 0) throw noVersion({ name, version });
    await ctx.db.update(registeredModels).set({ updatedAt: Date.now() }).where(eq(registeredModels.id, modelId));
    await record(ctx, "version.deleted", {
      subject: `version/${name}/${version}`,
      before: { source, runId, aliases, sha256 },
    });
    await publish(ctx, "model", modelId);
  });
}

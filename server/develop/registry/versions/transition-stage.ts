import { and, eq, ne } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { lockModel } from "../models/lock-model.ts";
import { type ModelVersion, TransitionStage } from "./contract.ts";
import { loadVersion } from "./rows.ts";

/**
 * Moves a version to one of MLflow's stages, and on request archives the others there. Stages say nothing about serving.
 * @throws DomainError "not-found", "invalid" when others are to be archived from a stage that is not active.
 */
export async function transitionStage(ctx: Context, input: TransitionStage): Promise<ModelVersion> {
  permit(ctx, "transitionStage");
  const { name, version, stage, archiveExisting } = TransitionStage.parse(input);
  if (archiveExisting && stage !== "Staging" && stage !== "Production") {
    throw new DomainError(
      "invalid",
      `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    );
  }
  return transact(ctx, async (ctx) => {
    const { id, modelId } = await findVersion(ctx, { name, version });
    await lockModel(ctx, modelId);
    const before = await findVersion(ctx, { name, version });
    const now = Date.now();
    await ctx.db.update(modelVersions).set({ stage, updatedAt: now }).where(eq(modelVersions.id, id));
    const archived = archiveExisting
      ? await ctx.db
          .update(modelVersions)
          .set({ stage: "Archived", updatedAt: now })
          .where(and(eq(modelVersions.modelId, modelId), eq(modelVersions.stage, stage), ne(modelVersions.id, id)))
          .returning({ version: modelVersions.version })
      : [];
    await ctx.db.update(registeredModels).set({ updatedAt: now }).where(eq(registeredModels.id, modelId));
    await record(ctx, "version.stage-changed", {
      subject: `version/${name}/${version}`,
      before: { stage: before.stage },
      after: { stage, archived: archived.map((other) => other.version) },
    });
    await publish(ctx, "model", modelId);
    return loadVersion(ctx, { name, version });
  });
}

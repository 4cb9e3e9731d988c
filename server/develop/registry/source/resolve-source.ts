import { and, eq, isNull } from "drizzle-orm";
import { loggedModels, modelAliases, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion, noAlias } from "../lookups.ts";
import { parseSource } from "./source.ts";

export interface Origin {
  /** Location of the files; never "models:/…". */
  storageLocation: string;
  loggedModelId: string | null;
  /** Whether the source is the logged model itself, and not a version created from it. */
  isLoggedModel: boolean;
  /** Run that logged the model; "" when it is not known. */
  runId: string;
}

/**
 * Finds where a version's source leads at this moment: aliases may move later.
 * @throws DomainError "invalid" for a source that is not allowed, "not-found" for a model, version or alias that is not there.
 */
export async function resolveSource(ctx: Context, text: string): Promise<Origin> {
  const source = parseSource(text);
  if (source.kind === "logged-model") {
    const model = await findLoggedModel(ctx, source.loggedModelId);
    return {
      storageLocation: model.artifactUri,
      loggedModelId: model.id,
      isLoggedModel: true,
      runId: model.sourceRunId,
    };
  }
  if (source.kind === "version") {
    const { storageLocation, loggedModelId } = await findVersion(ctx, source);
    return { storageLocation, loggedModelId, isLoggedModel: false, runId: "" };
  }
  if (source.kind === "alias") {
    const { storageLocation, loggedModelId } = await findAliased(ctx, source.name, source.alias);
    return { storageLocation, loggedModelId, isLoggedModel: false, runId: "" };
  }
  return { storageLocation: text, loggedModelId: null, isLoggedModel: false, runId: "" };
}

/** @throws DomainError "not-found", in MLflow's words. */
export async function findLoggedModel(ctx: Context, id: string): Promise<typeof loggedModels.$inferSelect> {
  const [model] = await ctx.db
    .select()
    .from(loggedModels)
    .where(
      and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), eq(loggedModels.id, id), isNull(loggedModels.deletedAt)),
    );
  if (!model) throw new DomainError("not-found", `Logged model with ID '${id}' not found.`);
  return model;
}

async function findAliased(ctx: Context, name: string, alias: string): Promise<typeof modelVersions.$inferSelect> {
  const [row] = await ctx.db
    .select({ version: modelVersions })
    .from(modelAliases)
    .innerJoin(modelVersions, eq(modelVersions.id, modelAliases.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelAliases.modelId))
    .where(
      and(
        eq(registeredModels.workspaceId, ctx.actor.workspaceId),
        eq(registeredModels.name, name),
        eq(modelAliases.alias, alias),
      ),
    );
  if (!row) throw noAlias(alias);
  return row.version;
}

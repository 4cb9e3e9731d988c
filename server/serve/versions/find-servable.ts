import { and, desc, eq } from "drizzle-orm";
import { modelAliases, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Engine } from "../engines/contract.ts";

interface ServableVersion {
  id: string;
  modelName: string;
  version: number;
}

interface Input {
  model: string;
  version?: number | undefined;
  alias?: string | undefined;
  /** Runs it, so that no file is needed here. */
  engine: Engine | null;
}

/**
 * Finds a servable version, by its number or by an alias; "latest" is the highest.
 * @throws DomainError "not-found", "conflict" when it cannot be served or is still being checked
 */
export async function findServable(ctx: Context, { model, version, alias, engine }: Input): Promise<ServableVersion> {
  const { id, version: number, inspection, inspectionMessage, artifactKey, signature } = modelVersions;
  const modelName = registeredModels.name;
  const select = ctx.db
    .select({ id, version: number, inspection, inspectionMessage, artifactKey, signature, modelName })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .leftJoin(modelAliases, eq(modelAliases.versionId, modelVersions.id));
  const [found] = await select
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        eq(registeredModels.name, model),
        version === undefined ? undefined : eq(number, version),
        alias === undefined || alias.toLowerCase() === "latest" ? undefined : eq(modelAliases.alias, alias),
      ),
    )
    .orderBy(desc(number))
    .limit(1);
  const wanted = version === undefined ? `alias "${alias}"` : `version ${version}`;
  if (!found) throw new DomainError("not-found", `Model "${model}" does not exist or has no ${wanted}.`);
  if (found.inspection === "servable" && found.artifactKey) return found;
  if (engine && found.inspection !== "pending" && found.signature) return found;
  const why =
    found.inspection === "pending"
      ? "is still being checked. Try again in a moment"
      : engine
        ? "has no signature, so its inputs and outputs are unknown. Log the model with a tensor signature"
        : `cannot be served: ${found.inspectionMessage ?? "it is not an ONNX model"}`;
  throw new DomainError("conflict", `${model} version ${found.version} ${why.replace(/\.$/, "")}.`);
}

import type { RegisteredModel } from "#server/develop/registry/models/contract.ts";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";

/** Converts a registered model to the wire format. Unset values and empty lists are omitted. */
export function modelShape(model: RegisteredModel): object {
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    ...(model.description !== null && { description: model.description }),
    ...(model.latestVersions.length > 0 && { latest_versions: model.latestVersions.map(versionShape) }),
    ...(model.tags.length > 0 && { tags: model.tags }),
    ...(model.aliases.length > 0 && {
      aliases: model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
    }),
  };
}

/**
 * Converts a version to the wire format. Its state is READY at once: MLflow's clients wait for that, and its files are available to
 * them, whether Leeway can serve them or not.
 */
export function versionShape(version: ModelVersion): object {
  return {
    name: version.modelName,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    ...(version.userName !== "" && { user_id: version.userName }),
    current_stage: version.stage,
    ...(version.description !== null && { description: version.description }),
    source: version.source,
    run_id: version.runId,
    status: "READY",
    ...(version.tags.length > 0 && { tags: version.tags }),
    run_link: version.runLink,
    ...(version.aliases.length > 0 && { aliases: version.aliases }),
    ...(version.loggedModelId !== null && { model_id: version.loggedModelId }),
  };
}

import { DomainError } from "#server/base/errors.ts";
import { deleteAlias } from "#server/develop/registry/aliases/delete-alias.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { isNoAlias } from "#server/develop/registry/lookups.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { deleteRegisteredModel } from "#server/develop/registry/models/delete-registered-model.ts";
import { getModel } from "#server/develop/registry/models/queries.ts";
import { renameRegisteredModel } from "#server/develop/registry/models/rename-registered-model.ts";
import { updateRegisteredModel } from "#server/develop/registry/models/update-registered-model.ts";
import { deleteModelTag } from "#server/develop/registry/tags/delete-model-tag.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import { getLatestVersions, getVersionByAlias } from "#server/develop/registry/versions/queries.ts";
import { type Call, call } from "./call.ts";
import { done } from "./done.ts";
import { keyAndValue, list, required, text, withDefault } from "./fields.ts";
import { stage, versionNumber } from "./registry-fields.ts";
import { modelShape, versionShape } from "./registry-shapes.ts";

const name = required(text());
const alias = required(text());
const latestVersions = { name, stages: list(stage()) };

/** Calls on registered models, their tags and aliases. */
export const registeredModelCalls: Call[] = [
  call(
    "POST",
    "registered-models/create",
    { name, tags: list(keyAndValue()), description: text() },
    async (ctx, input) => ({ registered_model: modelShape(await createRegisteredModel(ctx, input)) }),
  ),
  call("GET", "registered-models/get", { name }, async (ctx, input) => ({
    registered_model: modelShape(await getModel(ctx, input.name)),
  })),
  call("POST", "registered-models/rename", { name, new_name: required(text()) }, async (ctx, input) => ({
    registered_model: modelShape(await renameRegisteredModel(ctx, { name: input.name, newName: input.new_name })),
  })),
  // Upstream clears the description when none is sent.
  call("PATCH", "registered-models/update", { name, description: text() }, async (ctx, input) => ({
    registered_model: modelShape(
      await updateRegisteredModel(ctx, { name: input.name, description: input.description ?? null }),
    ),
  })),
  call("DELETE", "registered-models/delete", { name }, done(deleteRegisteredModel)),
  call(
    "POST",
    "registered-models/set-tag",
    { name, key: required(text()), value: withDefault(text(), "") },
    done(setModelTag),
  ),
  call("DELETE", "registered-models/delete-tag", { name, key: required(text()) }, done(deleteModelTag)),
  call("POST", "registered-models/alias", { name, alias, version: versionNumber() }, done(setAlias)),
  call("DELETE", "registered-models/alias", { name, alias }, done(deleteAlias)),
  call("GET", "registered-models/alias", { name, alias }, async (ctx, input) => ({
    model_version: versionShape(await getVersionByAlias(ctx, input).catch(unknownAlias)),
  })),
  ...(["POST", "GET"] as const).map((method) =>
    call(method, "registered-models/get-latest-versions", latestVersions, async (ctx, input) => {
      const versions = await getLatestVersions(ctx, input);
      return versions.length > 0 ? { model_versions: versions.map(versionShape) } : {};
    }),
  ),
];

/** Turns the error of an unknown alias into a 400, as MLflow does, where everything else that is not found is 404. */
function unknownAlias(error: unknown): never {
  if (isNoAlias(error)) throw new DomainError("invalid", (error as Error).message, { cause: error });
  throw error;
}

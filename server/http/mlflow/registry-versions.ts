import { deleteVersionTag } from "#server/develop/registry/tags/delete-version-tag.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { deleteModelVersion } from "#server/develop/registry/versions/delete-model-version.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { transitionStage } from "#server/develop/registry/versions/transition-stage.ts";
import { updateModelVersion } from "#server/develop/registry/versions/update-model-version.ts";
import { type Call, call, idempotencyHeader } from "./call.ts";
import { done } from "./done.ts";
import { flag, keyAndValue, list, required, text, withDefault } from "./fields.ts";
import { stage, versionNumber } from "./registry-fields.ts";
import { versionShape } from "./registry-shapes.ts";

const key = { name: required(text()), version: versionNumber() };

/** Calls on versions of registered models and their tags. */
export const modelVersionCalls: Call[] = [
  call(
    "POST",
    "model-versions/create",
    {
      name: required(text()),
      source: required(text()),
      run_id: text(),
      tags: list(keyAndValue()),
      run_link: text(),
      description: text(),
      model_id: text(),
      [idempotencyHeader]: text(),
    },
    async (ctx, input) => ({
      model_version: versionShape(
        await createModelVersion(
          ctx,
          {
            name: input.name,
            source: input.source,
            runId: input.run_id,
            runLink: input.run_link,
            tags: input.tags,
            description: input.description,
            loggedModelId: input.model_id || undefined,
          },
          input[idempotencyHeader],
        ),
      ),
    }),
  ),
  call("GET", "model-versions/get", key, async (ctx, input) => ({
    model_version: versionShape(await getVersion(ctx, input)),
  })),
  call("GET", "model-versions/get-download-uri", key, async (ctx, input) => {
    const { storageLocation } = await getVersion(ctx, input);
    return { artifact_uri: storageLocation };
  }),
  // Upstream clears the description when none is sent.
  call("PATCH", "model-versions/update", { ...key, description: text() }, async (ctx, { description, ...input }) => ({
    model_version: versionShape(await updateModelVersion(ctx, { ...input, description: description ?? null })),
  })),
  call("DELETE", "model-versions/delete", key, done(deleteModelVersion)),
  call(
    "POST",
    "model-versions/set-tag",
    { ...key, key: required(text()), value: withDefault(text(), "") },
    done(setVersionTag),
  ),
  call("DELETE", "model-versions/delete-tag", { ...key, key: required(text()) }, done(deleteVersionTag)),
  call(
    "POST",
    "model-versions/transition-stage",
    { ...key, stage: stage(), archive_existing_versions: flag() },
    async (ctx, { archive_existing_versions: archiveExisting, ...input }) => ({
      model_version: versionShape(await transitionStage(ctx, { ...input, archiveExisting })),
    }),
  ),
];

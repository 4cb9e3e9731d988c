"use server";

import { act } from "#app/_lib/action.ts";
import { getFeatureDefinitions } from "#server/develop/features/definitions/definitions.ts";
import type { SetModelOwner } from "#server/develop/registry/models/contract.ts";
import { setModelOwner } from "#server/develop/registry/models/set-model-owner.ts";
import { updateRegisteredModel } from "#server/develop/registry/models/update-registered-model.ts";
import { PipelineText } from "#server/develop/registry/pipeline/contract.ts";
import { proposeFeatures } from "#server/develop/registry/pipeline/propose-features.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import type { SetPolicy } from "#server/develop/registry/policy/contract.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { deleteModelTag } from "#server/develop/registry/tags/delete-model-tag.ts";
import { deleteVersionTag } from "#server/develop/registry/tags/delete-version-tag.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { updateModelVersion } from "#server/develop/registry/versions/update-model-version.ts";

export async function describeModelAction(name: string, description: string | null) {
  return act(async (ctx) => {
    await updateRegisteredModel(ctx, { name, description });
  });
}

export async function describeVersionAction(key: VersionKey, description: string | null) {
  return act(async (ctx) => {
    await updateModelVersion(ctx, { ...key, description });
  });
}

export async function setOwnerAction(change: SetModelOwner) {
  return act(async (ctx) => {
    await setModelOwner(ctx, change);
  });
}

export async function setModelTagAction(name: string, tag: { key: string; value: string }) {
  return act(async (ctx) => setModelTag(ctx, { name, ...tag }));
}

export async function deleteModelTagAction(name: string, tag: { key: string }) {
  return act(async (ctx) => deleteModelTag(ctx, { name, key: tag.key }));
}

export async function setVersionTagAction(key: VersionKey, tag: { key: string; value: string }) {
  return act(async (ctx) => setVersionTag(ctx, { ...key, ...tag }));
}

export async function deleteVersionTagAction(key: VersionKey, tag: { key: string }) {
  return act(async (ctx) => deleteVersionTag(ctx, { ...key, ...tag }));
}

export async function setPolicyAction(change: SetPolicy) {
  return act(async (ctx) => {
    await setPolicy(ctx, change);
  });
}

/** Returns parts that look up features by key, for the pipeline of a version. */
export async function proposeFeaturesAction(key: VersionKey) {
  return act(async (ctx) => {
    const { signature } = await getVersion(ctx, key);
    return signature ? proposeFeatures(await getFeatureDefinitions(ctx), signature.inputs) : [];
  });
}

/** Sets the pipeline of a version. @param text JSON; an empty text removes the pipeline. */
export async function setPipelineAction(key: VersionKey, text: string) {
  return act(async (ctx) => {
    await setPipeline(ctx, { ...key, pipeline: text.trim() === "" ? null : PipelineText.parse(text) });
  });
}

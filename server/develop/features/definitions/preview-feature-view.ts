import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DefineFeatureView, type ViewPreview } from "../contract.ts";
import { alteredFeatures, compareVersions } from "./compare-versions.ts";
import { checkDefinition, findDefined } from "./define-feature-view.ts";
import { differsInPlace } from "./define-row.ts";
import { findBroken } from "./users-of-view.ts";

/**
 * Returns what a definition would do: whether it makes a version, how the schema changes, and what that would break. Changes nothing.
 * @throws FeatureError as defineFeatureView, besides "in-use"
 */
export async function previewFeatureView(ctx: Context, input: DefineFeatureView): Promise<ViewPreview> {
  permit(ctx, "previewFeatureView");
  const { name, schema, columns, digest } = await checkDefinition(ctx, DefineFeatureView.parse(input));
  const before = await findDefined(ctx, name);
  const none = { change: null, altered: [], breaks: [] };
  if (!before) return { outcome: "created", version: 1, ...none };
  const { currentVersion: version } = before.view;
  if (before.version.digest === digest) {
    return { outcome: differsInPlace(before.view, columns) ? "changed" : "unchanged", version, ...none };
  }
  const change = compareVersions(before.version, schema);
  const gone = [...change.removed, ...change.retyped.map((each) => each.name)];
  const breaks =
    change.hasOtherKeys || gone.length > 0
      ? await findBroken(ctx, before.view, change.hasOtherKeys ? undefined : gone)
      : [];
  return {
    outcome: "new-version",
    version: version + 1,
    change,
    altered: alteredFeatures(before.version, schema),
    breaks,
  };
}

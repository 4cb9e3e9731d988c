import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DefineFeatureView, type ViewPreview } from "../contract.ts";
import { alteredFeatures, compareVersions } from "./compare-versions.ts";
import { checkDefinition, findDefined } from "./define-feature-view.ts";
import { differsInPlace } from "./define-row.ts";
import { findBroken, findLookingUp } from "./users-of-view.ts";

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
  const goesOffline = before.view.isOnline && !columns.isOnline;
  if (before.version.digest === digest) {
    if (!differsInPlace(before.view, columns)) return { outcome: "unchanged", version, ...none };
    const breaks = goesOffline ? await findLookingUp(ctx, before.view) : [];
    return { outcome: "changed", version, ...none, breaks };
  }
  const change = compareVersions(before.version, schema);
  const gone = [...change.removed, ...change.retyped.map((each) => each.name)];
  const broken =
    change.hasOtherKeys || gone.length > 0
      ? await findBroken(ctx, before.view, change.hasOtherKeys ? undefined : gone)
      : [];
  const breaks = goesOffline ? [...new Set([...broken, ...(await findLookingUp(ctx, before.view))])] : broken;
  return {
    outcome: "new-version",
    version: version + 1,
    change,
    altered: alteredFeatures(before.version, schema),
    breaks,
  };
}

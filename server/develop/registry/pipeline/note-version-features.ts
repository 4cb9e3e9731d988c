import type { Context } from "#server/base/context.ts";
import { noteFeatureUses } from "#server/develop/features/pinned/note-uses.ts";
import { featuresOfPipeline, type Pipeline } from "./definition.ts";

interface PipelinedVersion {
  id: string;
  /** Of its model. */
  name: string;
  version: number;
  pipeline?: Pipeline | null | undefined;
}

/** Records which features a version's pipeline looks up, in the caller's transaction. */
export async function noteVersionFeatures(
  ctx: Context,
  { id, name, version, pipeline }: PipelinedVersion,
): Promise<void> {
  await noteFeatureUses(ctx, { kind: "model-version", id, name: `${name} v${version}` }, featuresOfPipeline(pipeline));
}

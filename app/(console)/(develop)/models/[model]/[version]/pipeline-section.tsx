import { denialReason } from "#app/_lib/denial-reason.ts";
import { EditPipeline } from "#components/develop/registry/pipeline/edit-pipeline.tsx";
import { examplePipeline } from "#components/develop/registry/pipeline/example-pipeline.ts";
import { PipelinePanel } from "#components/develop/registry/pipeline/pipeline-panel.tsx";
import type { Context } from "#server/base/context.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import { proposeFeaturesAction, setPipelineAction } from "../../edit-actions.ts";

/** Renders the steps before and after a version's model, with the editor for users who may change them while that is possible. */
export async function PipelineSection({ ctx, version }: { ctx: Context; version: VersionDetails }) {
  const key = { name: version.modelName, version: version.version };
  const shown = await getPipeline(ctx, key);
  const mayEdit = !shown.fixedSince && !denialReason(ctx.actor.role, "setPipeline");
  const edit = mayEdit && (
    <EditPipeline
      subject={`${key.name} v${key.version}`}
      pipeline={shown.pipeline}
      example={version.signature ? examplePipeline(version.signature) : { before: [], after: [] }}
      propose={proposeFeaturesAction.bind(null, key)}
      save={setPipelineAction.bind(null, key)}
    />
  );
  return <PipelinePanel version={shown} edit={edit || undefined} />;
}

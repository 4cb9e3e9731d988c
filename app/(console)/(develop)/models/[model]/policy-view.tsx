import { denialReason } from "#app/_lib/denial-reason.ts";
import { EditTags } from "#components/develop/registry/edit-tags.tsx";
import { EditPolicy } from "#components/develop/registry/policy/edit-policy.tsx";
import { PolicyPanel } from "#components/develop/registry/policy/policy-panel.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Context } from "#server/base/context.ts";
import { deleteModelTagAction, setModelTagAction, setPolicyAction } from "../edit-actions.ts";
import { listGateSets } from "../gate-sets.ts";
import type { ModelPageData } from "./read-page.ts";

/** Renders a model's requirements for its versions, and its tags. */
export async function PolicyView({ ctx, data }: { ctx: Context; data: ModelPageData }) {
  const { model, inForce, tags } = data;
  const sets = await listGateSets(ctx);
  return (
    <Columns columns="minmax(0, 1fr) 348px">
      <PolicyPanel
        inForce={inForce}
        action={
          <EditPolicy
            modelName={model.name}
            inForce={inForce}
            sets={sets}
            save={setPolicyAction}
            why={denialReason(ctx.actor.role, "setPolicy")}
          />
        }
      />
      <Panel title="Tags" subtitle="on the model">
        <EditTags
          tags={tags}
          set={setModelTagAction.bind(null, model.name)}
          remove={deleteModelTagAction.bind(null, model.name)}
          why={denialReason(ctx.actor.role, "setModelTag")}
        />
      </Panel>
    </Columns>
  );
}

import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { EngineForm } from "#components/improve/training/engines/engine-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { createEngineAction, updateEngineAction } from "../../actions.ts";

export const metadata = { title: "Add engine, Jobs" };

export default async function NewEnginePage() {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "createEngine");
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Engines", href: "/jobs/engines" }, { label: "Add" }]}>
      <PageHead help="training#engines" title="Add engine" context={why && `Adding one ${why}.`} />
      <Panel>
        <EngineForm
          save={createEngineAction}
          update={updateEngineAction}
          allowsLocal={runtime().config.hasLocalTraining}
          why={why}
        />
      </Panel>
    </Page>
  );
}

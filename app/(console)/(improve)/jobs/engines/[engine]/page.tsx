import { notFound } from "next/navigation";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { EngineForm } from "#components/improve/training/engines/engine-form.tsx";
import { EnginesTable } from "#components/improve/training/engines/engines-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { listEngineUses } from "#server/improve/training/overview/queries.ts";
import { createEngineAction, updateEngineAction } from "../../actions.ts";

type Props = PageProps<"/jobs/engines/[engine]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).engine)}, Engines` };
}

export default async function EnginePage({ params }: Props) {
  const wanted = decodeURIComponent((await params).engine);
  const ctx = await requireContext();
  const engine = (await listEngines(ctx)).find(({ name }) => name === wanted);
  if (!engine) notFound();
  const uses = await listEngineUses(ctx);
  const { name, settings, hasSecret, isEnabled, problem } = engine;
  const why = denialReason(ctx.actor.role, "updateEngine");
  return (
    <Page
      crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Engines", href: "/jobs/engines" }, { label: name }]}
      live
    >
      <LiveRefresh topics={["training"]} />
      <PageHead
        help="training#engines"
        title={name}
        sentence={problem}
        actions={
          <SmallAction
            label={isEnabled ? "Disable" : "Enable"}
            input={{ engine: name, isEnabled: !isEnabled }}
            act={updateEngineAction}
            done={isEnabled ? `${name} no longer starts jobs; running jobs continue.` : `${name} starts jobs again.`}
            why={why}
          />
        }
      />
      <Panel title="Now" flush>
        <EnginesTable engines={[engine]} uses={uses} />
      </Panel>
      <Panel title="Settings" subtitle={`added by ${engine.createdBy}`}>
        <EngineForm
          key={name}
          engine={{ name, settings, hasSecret }}
          save={createEngineAction}
          update={updateEngineAction}
          allowsLocal={runtime().config.hasLocalTraining}
          why={why}
        />
      </Panel>
    </Page>
  );
}

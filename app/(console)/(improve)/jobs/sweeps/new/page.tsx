import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { enginesPath, templatesPath } from "#components/improve/training/addresses.ts";
import { SweepForm } from "#components/improve/training/sweeps/sweep-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { previewSweepAction, startSweepAction } from "../../actions.ts";

export const metadata = { title: "Start sweep, Jobs" };

export default async function NewSweepPage({ searchParams }: PageProps<"/jobs/sweeps/new">) {
  const { template: wanted } = await searchParams;
  const ctx = await requireContext();
  const engines = await listEngines(ctx);
  const [first, ...others] = (await listTemplates(ctx))
    .filter(({ spec }) => spec.parameters.length > 0)
    .map(({ name, revision, spec }) => ({
      name,
      revision,
      engine: engines.find(({ id }) => id === spec.engineId)?.name ?? null,
      parameters: spec.parameters,
      job: spec.job,
    }));
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Sweeps", href: "/jobs/sweeps" }, { label: "Start" }]}>
      <PageHead title="Start sweep" help="training#sweeps" />
      {engines.length === 0 || !first ? (
        <Panel flush>
          {engines.length === 0 ? (
            <EmptyState title="No engines yet" action={<Link href={`${enginesPath}/new`}>Add an engine</Link>}>
              Trials run on engines: this machine, Ray, Kubernetes or Slurm.
            </EmptyState>
          ) : (
            <EmptyState title="No template with parameters" action={<Link href={templatesPath}>Open templates</Link>}>
              A sweep varies parameters of a template. Create a template with parameters, or install a ready one.
            </EmptyState>
          )}
        </Panel>
      ) : (
        <SweepForm
          templates={[first, ...others]}
          template={typeof wanted === "string" ? wanted : first.name}
          engine={engines.length === 1 ? (engines[0]?.name ?? "") : ""}
          start={startSweepAction}
          preview={previewSweepAction}
          actorName={ctx.actor.name}
          why={denialReason(ctx.actor.role, "startSweep")}
        />
      )}
    </Page>
  );
}

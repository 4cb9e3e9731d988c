import { requireContext } from "#app/_lib/context.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { Labeller } from "#components/improve/labelling/session/labeller.tsx";
import { sourceLabels } from "#components/improve/labelling/source-labels.ts";
import { Page } from "#components/shell/page.tsx";
import { toWire } from "#components/ui/wire.ts";
import { TaskSource } from "#server/improve/labelling/contract.ts";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Labelling" };

export default async function LabelPage({ params, searchParams }: PageProps<"/labels/[project]/label">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const { queue: asked } = await searchParams;
  const queue = TaskSource.safeParse(asked).data ?? null;
  const guidelines = await listGuidelines(ctx, project.id);
  return (
    <Page
      crumbs={[
        { label: "Label queue", href: "/labels" },
        { label: project.name, href: labelProjectHref(project) },
        { label: queue === null ? "Labelling" : sourceLabels[queue] },
      ]}
      edge
    >
      <Labeller
        project={toWire(project)}
        person={`${ctx.actor.workspaceId}/${ctx.actor.id}`}
        queue={queue}
        own={null}
        guidelines={toWire(guidelines)}
        frequencies={{}}
      />
    </Page>
  );
}

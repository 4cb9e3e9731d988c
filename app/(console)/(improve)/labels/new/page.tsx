import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { ProjectForm } from "#components/improve/labelling/projects/project-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { countLabellers } from "#server/improve/labelling/projects/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { createProjectAction } from "../actions.ts";

export const metadata = { title: "New label project" };

export default async function NewLabelProjectPage({ searchParams }: PageProps<"/labels/new">) {
  const ctx = await requireContext();
  const { endpoint } = await searchParams;
  const why = denialReason(ctx.actor.role, "createLabelProject");
  const endpoints =
    why === undefined ? (await listEndpoints(ctx, { limit: 200 })).endpoints.map(({ name }) => name) : [];
  const chosen = typeof endpoint === "string" && endpoints.includes(endpoint) ? endpoint : undefined;
  const labellers = why === undefined ? await countLabellers(ctx) : 0;
  return (
    <Page crumbs={[{ label: "Label queue", href: "/labels" }, { label: "New" }]}>
      <PageHead
        help="labelling#label-projects"
        title="New label project"
        context="What annotators see, and what they label"
      />
      {why ? (
        <Panel>
          <EmptyState title="You cannot create label projects">Creating label projects {why}.</EmptyState>
        </Panel>
      ) : (
        <ProjectForm endpoints={endpoints} endpoint={chosen} isAlone={labellers <= 1} create={createProjectAction} />
      )}
    </Page>
  );
}

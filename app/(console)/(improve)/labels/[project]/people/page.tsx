import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { annotatorHref, labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { PeopleTable } from "#components/improve/labelling/people/people-table.tsx";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listLabelAnnotators } from "#server/improve/labelling/annotators/queries.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Annotators" };

export default async function PeoplePage({ params }: PageProps<"/labels/[project]/people">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const why = denialReason(ctx.actor.role, "listLabelAnnotators");
  return (
    <Page
      crumbs={[
        { label: "Label queue", href: "/labels" },
        { label: project.name, href: labelProjectHref(project) },
        { label: "People" },
      ]}
      live
    >
      <LiveRefresh topics={["labels"]} id={String(project.id)} />
      <PageHead help="labelling#review-and-gold" title="People" context="Annotators, their labels and accuracy" />
      <ProjectTabs project={project} current="people" />
      <Panel flush>
        {why === undefined ? (
          <PeopleTable project={project} people={await listLabelAnnotators(ctx, project.id)} />
        ) : (
          <EmptyState
            title="You cannot view the statistics of others"
            action={<Link href={annotatorHref(project, ctx.actor.id)}>Your statistics</Link>}
          >
            Viewing the statistics of all annotators {why}.
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}

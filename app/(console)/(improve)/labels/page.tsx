import { IconPlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { ProjectsTable } from "#components/improve/labelling/projects/projects-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { listLabelProjects } from "#server/improve/labelling/projects/queries.ts";

export const metadata = { title: "Label queue" };

export default async function LabelsPage({ searchParams }: PageProps<"/labels">) {
  const archived = (await searchParams).view === "archived";
  const ctx = await requireContext();
  const projects = await listLabelProjects(ctx, { archived });
  const why = denialReason(ctx.actor.role, "createLabelProject");
  const sum = (part: "open" | "review") => projects.reduce((total, { counts }) => total + counts[part], 0);
  return (
    <Page crumbs={[{ label: "Label queue" }]} live>
      <LiveRefresh topics={["labels"]} />
      <PageHead
        help="labelling#label-projects"
        title="Label queue"
        context="Labelling work and annotator agreement"
        actions={
          <KeyLink
            href="/labels/new"
            letter="N"
            icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            why={why}
            primary
          >
            Create project…
          </KeyLink>
        }
        sentence={
          !archived &&
          sum("open") + sum("review") > 0 &&
          `${plural(sum("open"), "item is", "items are")} open, ${plural(sum("review"), "item waits", "items wait")} for review.`
        }
      />
      <Tabs
        label="Projects"
        items={[
          { label: "Active", href: "/labels", current: !archived },
          { label: "Archived", href: "/labels?view=archived", current: archived },
        ]}
      />
      <Panel flush>
        <ProjectsTable
          projects={projects}
          empty={
            archived ? (
              <EmptyState title="No archived projects" />
            ) : (
              <EmptyState
                title="No label projects yet"
                action={why === undefined && <Link href="/labels/new">Create a project</Link>}
              >
                In a project, people label predictions of an endpoint, rows of a dataset or imported items. Label Studio
                clients can create projects too.
              </EmptyState>
            )
          }
          foot={<span>{plural(projects.length, "project")}, newest first</span>}
        />
      </Panel>
    </Page>
  );
}

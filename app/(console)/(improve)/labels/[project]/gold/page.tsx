import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { GoldTables } from "#components/improve/labelling/golds/gold-tables.tsx";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatPercent } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { listGoldCandidates, listGolds } from "#server/improve/labelling/golds/queries.ts";
import { setGoldAction } from "../../actions.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Gold items" };

export default async function GoldPage({ params }: PageProps<"/labels/[project]/gold">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const why = denialReason(ctx.actor.role, "listGolds");
  const titles = Object.fromEntries(
    (project.config.controls[0]?.classes ?? []).map(({ name, title }) => [name, title]),
  );
  return (
    <Page
      crumbs={[
        { label: "Label queue", href: "/labels" },
        { label: project.name, href: labelProjectHref(project) },
        { label: "Gold" },
      ]}
    >
      <PageHead
        help="labelling#review-and-gold"
        title="Gold items"
        context={`${formatPercent(project.settings.goldShare)} of served items; min accuracy ${formatPercent(project.settings.minGoldAccuracy)}`}
      />
      <ProjectTabs project={project} current="gold" />
      {why === undefined ? (
        <GoldTables
          golds={toWire(await listGolds(ctx, project.id))}
          candidates={await listGoldCandidates(ctx, project.id)}
          titles={titles}
          save={setGoldAction}
        />
      ) : (
        <Panel>
          <EmptyState title="You cannot see gold items">Choosing gold items {why}.</EmptyState>
        </Panel>
      )}
    </Page>
  );
}

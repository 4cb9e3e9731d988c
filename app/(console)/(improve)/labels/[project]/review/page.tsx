import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { ReviewBoard } from "#components/improve/labelling/reviews/review-board.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import { listLabelReviews } from "#server/improve/labelling/reviews/queries.ts";
import { askSecondOpinionsAction, decideReviewAction } from "../../actions.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Review" };

export default async function ReviewPage({ params }: PageProps<"/labels/[project]/review">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const crumbs = [
    { label: "Label queue", href: "/labels" },
    { label: project.name, href: labelProjectHref(project) },
    { label: "Review" },
  ];
  const why = denialReason(ctx.actor.role, "listLabelReviews");
  if (why !== undefined) {
    return (
      <Page crumbs={crumbs}>
        <PageHead help="labelling#review-and-gold" title="Review" />
        <ProjectTabs project={project} current="review" />
        <Panel>
          <EmptyState title="You cannot review labels">Reviewing labels {why}.</EmptyState>
        </Panel>
      </Page>
    );
  }
  const { items } = await listLabelReviews(ctx, { projectId: project.id, limit: 50 });
  const guidelines = await listGuidelines(ctx, project.id);
  return (
    <Page crumbs={crumbs} edge>
      <ReviewBoard
        project={toWire(project)}
        items={toWire(items)}
        waiting={Math.max(project.counts.review, items.length)}
        guidelines={guidelines.map(({ version, text, classes }) => ({ version, text, classes }))}
        decide={decideReviewAction}
        askThird={askSecondOpinionsAction}
      />
    </Page>
  );
}

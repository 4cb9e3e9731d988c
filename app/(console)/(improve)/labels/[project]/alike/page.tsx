import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { AlikeBoard } from "#components/improve/labelling/alike/alike-board.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import { getLabelGroup } from "#server/improve/labelling/answers/group-queries.ts";
import { type LabelGroup, minSingleAnswers, OfLabelGroup } from "#server/improve/labelling/answers/groups/contract.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import { answerGroupAction } from "../../actions.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Alike items" };

export default async function AlikePage({ params, searchParams }: PageProps<"/labels/[project]/alike">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const crumbs = [
    { label: "Label queue", href: "/labels" },
    { label: project.name, href: labelProjectHref(project) },
    { label: "Alike items" },
  ];
  const { group: asked } = await searchParams;
  const why = denialReason(ctx.actor.role, "answerLabelGroup");
  const group = why === undefined ? await readGroup(ctx, project.id, asked) : undefined;
  const [control] = project.config.controls;
  if (control && group?.label && group.tasks.length > 0) {
    return (
      <Page crumbs={crumbs} edge>
        <AlikeBoard
          project={toWire(project)}
          control={control}
          group={toWire(group)}
          label={group.label}
          answer={answerGroupAction}
          key={group.tasks.map(({ id }) => id).join(" ")}
        />
      </Page>
    );
  }
  return (
    <Page crumbs={crumbs}>
      <PageHead help="labelling#many-alike-items" title="Alike items" />
      <Panel>
        {why === undefined ? (
          <NothingAlike project={project} group={group} />
        ) : (
          <EmptyState title="You cannot label items">Labelling {why}.</EmptyState>
        )}
      </Panel>
    </Page>
  );
}

/** Reads the group that the address names; undefined where it names none. */
async function readGroup(ctx: Context, projectId: number, asked: unknown): Promise<LabelGroup | undefined> {
  const input = OfLabelGroup.safeParse({ projectId, groupKey: asked });
  return input.success ? getLabelGroup(ctx, input.data) : undefined;
}

function NothingAlike({ project, group }: { project: LabelProjectDetails; group: LabelGroup | undefined }) {
  const back = <Link href={labelProjectHref(project, "label")}>Label one by one</Link>;
  if (!group || group.waiting === 0) {
    return (
      <EmptyState title="No similar items waiting" action={back}>
        Items of a group appear here once its first labels agree.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Label this group one by one first" action={back}>
      Its {minSingleAnswers} first labels must agree, and one of them must be yours.
    </EmptyState>
  );
}

import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { Labeller } from "#components/improve/labelling/session/labeller.tsx";
import { sourceLabels } from "#components/improve/labelling/source-labels.ts";
import { Page } from "#components/shell/page.tsx";
import { toWire } from "#components/ui/wire.ts";
import { getOwnAnnotator } from "#server/improve/labelling/annotators/queries.ts";
import { TaskSource } from "#server/improve/labelling/contract.ts";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import { getLabelRun } from "#server/improve/labelling/runs/queries.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Labelling" };

export default async function LabelPage({ params, searchParams }: PageProps<"/labels/[project]/label">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const { queue: asked } = await searchParams;
  const queue = TaskSource.safeParse(asked).data ?? null;
  const guidelines = await listGuidelines(ctx, project.id);
  const mayLabel = denialReason(ctx.actor.role, "nextLabelTask") === undefined;
  const own = mayLabel ? await getOwnAnnotator(ctx, project.id) : null;
  // By the labels so far, where more classes than digits compete for keys.
  const hasMany = (project.config.controls[0]?.classes.length ?? 0) > 9;
  const run = hasMany ? await getLabelRun(ctx, { projectId: project.id }) : null;
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
        actorName={ctx.actor.name}
        queue={queue}
        own={
          own && {
            answered: own.answered,
            medianMs: own.medianMs,
            compared: own.compared,
            agreed: own.agreed,
            goldSeen: own.gold.seen,
            goldCorrect: own.gold.correct,
          }
        }
        guidelines={toWire(guidelines)}
        frequencies={Object.fromEntries((run?.results.byClass ?? []).map(({ name, share }) => [name, share]))}
      />
    </Page>
  );
}

import { IconTags } from "@tabler/icons-react";
import Link from "next/link";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { AddItems } from "#components/improve/labelling/items/add-items.tsx";
import { kindLabels } from "#components/improve/labelling/projects/kind-labels.ts";
import { ProjectKeys } from "#components/improve/labelling/projects/project-keys.tsx";
import { ProjectState } from "#components/improve/labelling/projects/project-state.tsx";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { QueuesPanel } from "#components/improve/labelling/projects/queues-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCount, formatNumber, plural } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import { addTasksAction } from "../actions.ts";
import { readProject } from "./read-project.ts";

export async function generateMetadata({ params }: PageProps<"/labels/[project]">) {
  return { title: `${(await readProject((await params).project)).name}, Label queue` };
}

export default async function LabelProjectPage({ params }: PageProps<"/labels/[project]">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const { counts } = project;
  const why = denialReason(ctx.actor.role, "nextLabelTask");
  return (
    <Page crumbs={[{ label: "Label queue", href: "/labels" }, { label: project.name }]} live>
      <LiveRefresh topics={["labels"]} id={String(project.id)} />
      <ProjectKeys name={project.name} href={labelProjectHref(project, "label")} />
      <PageHead
        help="labelling#label-projects"
        title={project.name}
        badges={<ProjectState project={project} filled />}
        context={
          <>
            {kindLabels[project.taskKind]}
            {describeClasses(project)}; {plural(counts.people, "annotator")}; guidelines{" "}
            <Link href={labelProjectHref(project, "guidelines")}>version {project.guideline}</Link>
          </>
        }
        actions={
          <>
            <AddItems
              projectId={project.id}
              shown={project.config.objects}
              add={addTasksAction}
              why={denialReason(ctx.actor.role, "addTasks")}
            />
            <KeyLink
              href={labelProjectHref(project, "label")}
              letter="L"
              icon={<IconTags size={15} stroke={1.8} aria-hidden="true" />}
              why={why ?? (project.state === "active" ? undefined : `this project is ${project.state}`)}
              primary
            >
              Start labelling
            </KeyLink>
          </>
        }
        sentence={describeWork(counts)}
      />
      <ProjectTabs project={project} current="project" />
      <MetricStrip>
        <MetricTile
          label="Open"
          value={formatCount(counts.open)}
          comparison={`${formatCount(counts.held)} leased now`}
        />
        <MetricTile
          label="Settled"
          value={formatCount(counts.settled)}
          comparison={`from ${plural(counts.answers, "label")}`}
        />
        <MetricTile
          label="Labels per settled item"
          value={counts.settled === 0 ? null : formatNumber(counts.answers / counts.settled)}
          comparison={`at most ${project.settings.maxAnswers} each`}
        />
        <MetricTile
          label="In review"
          value={formatCount(counts.review)}
          comparison="without a label until someone decides"
        />
      </MetricStrip>
      <QueuesPanel project={project} />
    </Page>
  );
}

function describeClasses({ config }: LabelProjectDetails): string {
  const count = config.controls[0]?.classes.length ?? 0;
  return count === 0 ? "" : `, ${plural(count, "class", "classes")}`;
}

function describeWork({ open, review, settled }: LabelProjectDetails["counts"]): string {
  if (open + review + settled === 0) return "No items yet. Add some, or send predictions of the endpoint.";
  const parts = [
    open > 0 && `${plural(open, "item is", "items are")} open`,
    review > 0 && `${plural(review, "item waits", "items wait")} for review`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")}.` : "Everything is labelled.";
}

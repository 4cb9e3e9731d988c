import { IconTags } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { CreateDataset } from "#components/improve/labelling/flows/create-dataset.tsx";
import { ExportsPanel } from "#components/improve/labelling/flows/exports-panel.tsx";
import { AddItems } from "#components/improve/labelling/items/add-items.tsx";
import { describeWork } from "#components/improve/labelling/projects/describe-work.ts";
import { FirstInQueue } from "#components/improve/labelling/projects/first-in-queue.tsx";
import { kindLabels } from "#components/improve/labelling/projects/kind-labels.ts";
import { ProgressPanel } from "#components/improve/labelling/projects/progress-panel.tsx";
import { ProjectKeys } from "#components/improve/labelling/projects/project-keys.tsx";
import { ProjectState } from "#components/improve/labelling/projects/project-state.tsx";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { QueuesPanel } from "#components/improve/labelling/projects/queues-panel.tsx";
import { CountGrid } from "#components/improve/labelling/quality/count-grid.tsx";
import {
  describeAgreement,
  describeGrade,
  describeNoise,
  sumConfusion,
} from "#components/improve/labelling/quality/describe-run.ts";
import { GoldIntervals } from "#components/improve/labelling/quality/gold-intervals.tsx";
import { PairGrid } from "#components/improve/labelling/quality/pair-grid.tsx";
import { SuspectsPanel } from "#components/improve/labelling/quality/suspects-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatNumber, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { listLabelAnnotators } from "#server/improve/labelling/annotators/queries.ts";
import { getLabelFlow, getLabelTrigger } from "#server/improve/labelling/flows/queries.ts";
import type { LabelProgress } from "#server/improve/labelling/pace/contract.ts";
import { getLabelProgress } from "#server/improve/labelling/pace/queries.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import { countLabellers } from "#server/improve/labelling/projects/queries.ts";
import { getFirstInQueue } from "#server/improve/labelling/queue/first-in-queue.ts";
import { getLabelRun, listSuspects } from "#server/improve/labelling/runs/queries.ts";
import { addTasksAction, createDatasetAction, relabelAction, requestRunAction } from "../actions.ts";
import { readProject } from "./read-project.ts";

export async function generateMetadata({ params }: PageProps<"/labels/[project]">) {
  return { title: `${(await readProject((await params).project)).name}, Label queue` };
}

export default async function LabelProjectPage({ params }: PageProps<"/labels/[project]">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const { counts } = project;
  const progress = await getLabelProgress(ctx, project.id);
  const trigger = await getLabelTrigger(ctx, { projectId: project.id });
  const { exports } = await getLabelFlow(ctx, { projectId: project.id });
  const run = await getLabelRun(ctx, { projectId: project.id });
  const results = run?.results;
  const agreement = results && describeAgreement(results);
  const noise = results?.noise && describeNoise(results);
  const isReviewer = denialReason(ctx.actor.role, "listLabelAnnotators") === undefined;
  const people = isReviewer ? await listLabelAnnotators(ctx, project.id) : [];
  const names = new Map(people.map(({ person, name }) => [person, name]));
  const first = isReviewer ? await getFirstInQueue(ctx, project.id) : null;
  const maySeeItems = denialReason(ctx.actor.role, "listSuspects") === undefined;
  const suspects =
    results?.noise && maySeeItems ? await listSuspects(ctx, { projectId: project.id, limit: 12 }) : undefined;
  const titles = Object.fromEntries(
    (project.config.controls[0]?.classes ?? []).map(({ name, title }) => [name, title]),
  );
  const titleOf = (name: string) => titles[name] ?? name;
  const why = denialReason(ctx.actor.role, "nextLabelTask");
  const labellers = await countLabellers(ctx);
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
            <span data-prose>
              {kindLabels[project.taskKind]}
              {describeClasses(project)}; {plural(counts.people, "annotator")}; guidelines{" "}
              <Link href={labelProjectHref(project, "guidelines")}>version {project.guideline}</Link>
            </span>
            <LineageLink kind="label-project" id={String(project.id)} />
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
            <CreateDataset
              project={project}
              create={createDatasetAction}
              why={
                denialReason(ctx.actor.role, "exportToDataset") ??
                (counts.settled === 0 ? "no item is settled yet" : undefined)
              }
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
        sentence={[describeWork(project, labellers), results && describeGrade(results)].filter(Boolean).join(" ")}
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
          label="Labels per item"
          value={progress.answersPerSettled === null ? null : formatNumber(progress.answersPerSettled)}
          comparison={`last 500 settled; at most ${project.settings.maxAnswers}`}
        />
        {agreement && (
          <MetricTile
            label={
              <Definition name={agreement.label} sentence={agreement.sentence}>
                {agreement.label}
              </Definition>
            }
            value={agreement.value}
            comparison={agreement.comparison}
          />
        )}
        {noise && (
          <MetricTile
            label={
              <Definition name={noise.label} sentence={noise.sentence}>
                {noise.label}
              </Definition>
            }
            value={noise.value}
            comparison={noise.comparison}
          />
        )}
        <MetricTile
          label={
            <Definition
              name="Fresh labels"
              sentence="New or changed labels available for training, without gold items and frozen audits."
            >
              Fresh labels
            </Definition>
          }
          value={formatCount(trigger.fresh)}
          comparison={
            trigger.trained
              ? `since the data of ${trigger.trained.model} v${trigger.trained.version}`
              : "no labels used for training yet"
          }
        />
        <MetricTile
          label="Work left"
          value={progress.hours === null ? null : formatDuration(progress.hours * 3_600_000)}
          comparison={describeRange(progress)}
        />
      </MetricStrip>
      <Columns columns={first ? "repeat(3, minmax(0, 1fr))" : "minmax(0, 2fr) minmax(0, 3fr)"}>
        <ProgressPanel days={progress.days} />
        <QueuesPanel project={project} />
        {first && <FirstInQueue first={first} objects={project.config.objects} />}
      </Columns>
      {results && (
        <Columns columns="minmax(0, 1fr) minmax(0, 1.3fr) minmax(0, 1fr)">
          {results.pairs.length > 0 && people.length > 0 && (
            <Panel title="Pairwise agreement" subtitle="κ on shared items">
              <PairGrid pairs={results.pairs} names={names} />
            </Panel>
          )}
          {results.classes.length > 0 && results.classes.length <= 30 && (
            <Panel title="Confusion" subtitle="label in effect → labels of people, % of each row">
              <CountGrid label="Confusion" names={results.classes.map(titleOf)} counts={sumConfusion(results)} />
            </Panel>
          )}
          {people.length > 0 && (
            <Panel
              title="Gold accuracy"
              subtitle="95% interval"
              right={<Link href={labelProjectHref(project, "gold")}>Gold</Link>}
            >
              <GoldIntervals
                project={project}
                people={results.byPerson}
                names={names}
                minimum={project.settings.minGoldAccuracy}
              />
            </Panel>
          )}
        </Columns>
      )}
      {suspects && (
        <SuspectsPanel
          projectId={project.id}
          suspects={suspects.suspects}
          total={suspects.total}
          objects={project.config.objects}
          titles={titles}
          relabel={relabelAction}
          why={denialReason(ctx.actor.role, "relabelTasks")}
        />
      )}
      <ExportsPanel exports={exports} />
      <p className="lw-small lw-muted">
        {run?.finishedAt ? (
          <>
            Agreement and suspected errors are as of <RelativeTime at={run.finishedAt} />; computed each night.
          </>
        ) : (
          "Agreement and suspected errors are computed each night."
        )}{" "}
        <SmallAction
          label="Compute now"
          input={{ projectId: project.id }}
          act={requestRunAction}
          done="A run over all labels is queued."
          why={denialReason(ctx.actor.role, "requestLabelRun")}
        />
      </p>
    </Page>
  );
}

function describeClasses({ config }: LabelProjectDetails): string {
  const count = config.controls[0]?.classes.length ?? 0;
  return count === 0 ? "" : `, ${plural(count, "class", "classes")}`;
}

function describeRange({ hoursLow, hoursHigh, active }: LabelProgress): string {
  const people = `${formatCount(active)} active`;
  if (hoursLow === null || hoursHigh === null) return `${people}; pace unknown`;
  const [low, high] = [hoursLow, hoursHigh].map((hours) => formatDuration(hours * 3_600_000));
  return `${people}; ${low === high ? low : `${low} to ${high}`} at the recent pace`;
}

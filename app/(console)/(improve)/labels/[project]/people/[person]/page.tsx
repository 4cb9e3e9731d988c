import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { annotatorHref, labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { AnnotatorActions } from "#components/improve/labelling/people/annotator-actions.tsx";
import { GoldChart, PaceChart } from "#components/improve/labelling/people/annotator-charts.tsx";
import { AnnotatorState } from "#components/improve/labelling/people/annotator-state.tsx";
import { BiasList } from "#components/improve/labelling/people/bias-list.tsx";
import { DisagreementsPanel } from "#components/improve/labelling/people/disagreements-panel.tsx";
import { CountGrid } from "#components/improve/labelling/quality/count-grid.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCount, formatCountOf, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Moment, RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { type LabelAnnotator, OfAnnotatorHistory } from "#server/improve/labelling/annotators/contract.ts";
import { getAnnotatorHistory } from "#server/improve/labelling/annotators/history.ts";
import { getLabelAnnotator, getOwnAnnotator } from "#server/improve/labelling/annotators/queries.ts";
import { previewAnnotatorExclusion } from "#server/improve/labelling/annotators/set-annotator-exclusion.ts";
import { getLabelRun } from "#server/improve/labelling/runs/queries.ts";
import { setExclusionAction, setPauseAction } from "../../../actions.ts";
import { readProject } from "../../read-project.ts";

export const metadata = { title: "Annotator" };

export default async function AnnotatorPage({ params, searchParams }: PageProps<"/labels/[project]/people/[person]">) {
  const ctx = await requireContext();
  const { project: segment, person: asked } = await params;
  const project = await readProject(segment);
  const person = decodeURIComponent(asked);
  const annotator = await found(readAnnotator(ctx, project.id, person));
  const isReviewer = ctx.actor.role === "operator" || ctx.actor.role === "admin";
  const effect = isReviewer ? await previewAnnotatorExclusion(ctx, { projectId: project.id, person }) : undefined;
  const run = await getLabelRun(ctx, { projectId: project.id });
  const quality = run?.results.byPerson.find((each) => each.person === person);
  const titles = new Map((project.config.controls[0]?.classes ?? []).map(({ name, title }) => [name, title]));
  const titleOf = (name: string) => titles.get(name) ?? name;
  const by = OfAnnotatorHistory.shape.by.catch("all").parse((await searchParams).by);
  const history = await getAnnotatorHistory(ctx, { projectId: project.id, person, by });
  const { gold, answered, cannotTell, compared, agreed, medianMs } = annotator;
  return (
    <Page
      crumbs={[
        { label: "Label queue", href: "/labels" },
        { label: project.name, href: labelProjectHref(project) },
        { label: "People", href: labelProjectHref(project, "people") },
        { label: annotator.name },
      ]}
      live
    >
      <LiveRefresh topics={["labels"]} id={String(project.id)} />
      <PageHead
        help="labelling#review-and-gold"
        title={annotator.name}
        badges={<AnnotatorState annotator={annotator} filled />}
        context={
          <span>
            annotator of {project.name} since <Moment at={annotator.createdAt} />; {plural(answered, "label")},{" "}
            {formatCount(gold.seen)} gold
          </span>
        }
        actions={
          effect && (
            <AnnotatorActions
              projectId={project.id}
              person={person}
              name={annotator.name}
              isPaused={annotator.pausedAt !== null}
              isExcluded={annotator.excludedAt !== null}
              effect={effect}
              pause={setPauseAction}
              exclude={setExclusionAction}
              actorName={ctx.actor.name}
            />
          )
        }
        sentence={[describeGold(annotator, project.settings.minGoldAccuracy), describeDeciding(annotator)]
          .filter(Boolean)
          .join(" ")}
      />
      <MetricStrip>
        <MetricTile
          label="Gold accuracy"
          value={gold.seen === 0 ? null : formatPercent(gold.correct / gold.seen, { decimals: 0 })}
          comparison={`${formatCountOf(gold.correct, gold.seen)}; min ${formatPercent(project.settings.minGoldAccuracy)}`}
        />
        <MetricTile
          label="Agreement"
          value={compared === 0 ? null : formatPercent(agreed / compared, { decimals: 0 })}
          comparison={`${formatCountOf(agreed, compared)} with the label of at least two people`}
        />
        <MetricTile
          label="Median pace"
          value={medianMs === null ? null : formatDuration(medianMs)}
          comparison="last 50 labels, idle time cut"
        />
        <MetricTile
          label="Cannot tell"
          value={answered === 0 ? null : formatPercent(cannotTell / answered)}
          comparison={formatCountOf(cannotTell, answered)}
        />
        <MetricTile
          label="Below 400 ms"
          value={quality ? formatCount(quality.fastAnswers) : null}
          comparison={
            quality ? `at most ${formatCount(quality.maxRepeats)} equal labels in a row` : "after the next run"
          }
        />
        {effect && (
          <MetricTile
            label={annotator.excludedAt ? "If included" : "If excluded"}
            value={formatCount(effect.changed)}
            comparison={`consensus labels change, of ${effect.isComplete ? "" : "the first "}${formatCount(effect.tasks)}; ${formatCount(effect.open)} open or to review`}
          />
        )}
      </MetricStrip>
      {quality?.confusion && run ? (
        <Columns columns="minmax(0, 3fr) minmax(0, 2fr)">
          <Panel title="Confusion" subtitle="% of each row; rows are labels in effect">
            <CountGrid
              label={`Confusion of ${annotator.name}`}
              names={run.results.classes.map(titleOf)}
              counts={quality.confusion}
            />
          </Panel>
          <Panel title="Bias by class" subtitle="share of labels minus share of labels in effect; 95% interval">
            <BiasList bias={quality.bias} titleOf={titleOf} />
          </Panel>
        </Columns>
      ) : (
        <Panel>
          <EmptyState title="No comparison with other people yet">
            Confusion and bias come from a run over all labels, of items that at least two people labelled.
          </EmptyState>
        </Panel>
      )}
      <Columns columns="repeat(2, minmax(0, 1fr))">
        <GoldChart history={history} name={annotator.name} minimum={project.settings.minGoldAccuracy} />
        <PaceChart history={history} name={annotator.name} />
      </Columns>
      <DisagreementsPanel
        history={history}
        name={annotator.name}
        by={by}
        href={annotatorHref(project, person)}
        objects={project.config.objects}
        titles={Object.fromEntries(titles)}
      />
      {run?.finishedAt && (
        <p className="lw-small lw-muted">
          Confusion, bias and speed are as of <RelativeTime at={run.finishedAt} />.{" "}
          {isReviewer && `${annotator.name} can see this page, without the actions.`}
        </p>
      )}
    </Page>
  );
}

/** People see themselves; others need the operator role. */
async function readAnnotator(ctx: Context, projectId: number, person: string): Promise<LabelAnnotator> {
  if (person !== ctx.actor.id) return getLabelAnnotator(ctx, { projectId, person });
  const own = await getOwnAnnotator(ctx, projectId);
  if (!own) throw new DomainError("not-found", "You have not labelled in this project.");
  return own;
}

function describeGold({ name, gold, pauseReason, pausedAt }: LabelAnnotator, minimum: number): string | undefined {
  if (pausedAt) return `${name} is paused: ${pauseReason ?? "no reason given"}`;
  if (gold.action === "none") return undefined;
  return `Gold accuracy is ${formatCountOf(gold.correct, gold.seen)}, probably below the ${formatPercent(minimum)} minimum.`;
}

function describeDeciding({ deciding, excludedAt }: LabelAnnotator): string | undefined {
  if (!deciding) return undefined;
  const change = excludedAt ? "without these labels" : "with these labels again";
  return `Items are decided ${change}: ${formatCount(deciding.done)} of ${formatCount(deciding.total)} so far.`;
}

import { Button } from "@mantine/core";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import {
  type EvaluationQuery,
  type EvaluationView,
  evaluationHref,
  evaluationViews,
} from "#components/release/evaluation/addresses.ts";
import { EvaluationKeys } from "#components/release/evaluation/evaluation-keys.tsx";
import {
  estimateSentence,
  headlineSentence,
  segmentSentence,
  taskName,
} from "#components/release/evaluation/evaluation-text.ts";
import { LoggedPanel } from "#components/release/evaluation/logged-panel.tsx";
import { CancelEvaluation, RunEvaluation } from "#components/release/evaluation/run-buttons.tsx";
import { RunState } from "#components/release/evaluation/run-state.tsx";
import { VerdictBadge } from "#components/release/evaluation/verdict-badge.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import { formatUnit, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { listLoggedEvaluations } from "#server/release/evaluation/logged/list-logged-evaluations.ts";
import { cancelEvaluationAction, runEvaluationAction } from "./actions.ts";
import { EvaluationNotices } from "./evaluation-notices.tsx";
import { readAddress, readSearch } from "./read-address.ts";
import { type EvaluationPageData, readEvaluationPage } from "./read-page.ts";
import { EvaluationResultView, type ShownEvaluation } from "./result-view.tsx";
import { SetsView } from "./sets-view.tsx";

type Props = PageProps<"/models/[model]/[version]/evaluation/[[...view]]">;

const titles: Record<EvaluationView, string> = {
  overview: "Overview",
  compare: "Compare",
  segments: "Segments",
  rows: "Rows",
  robustness: "Robustness",
  fairness: "Fairness",
  sets: "Sets",
};

export async function generateMetadata({ params }: Props) {
  const { key } = await readAddress(params);
  return { title: `Evaluation of ${key.name} v${key.version}, Models` };
}

export default async function EvaluationPage({ params, searchParams }: Props) {
  const { key, view } = await readAddress(params);
  const search = readSearch(await searchParams);
  const ctx = await requireContext();
  const data = await found(readEvaluationPage(ctx, key, search));
  const { set, base, run, comparison } = data;
  const logged =
    view === "overview" ? await orUndefined("logged-evaluations", () => listLoggedEvaluations(ctx, key)) : undefined;
  const label = `v${key.version}`;
  const query: EvaluationQuery = { set, base };
  const hrefOf = (to: EvaluationView) => evaluationHref(key, to, query);
  const swapHref =
    base === undefined
      ? undefined
      : evaluationHref({ name: key.name, version: base }, view, { set, base: key.version });
  const gatesHref = `${versionHref(key.name, key.version)}#gates`;
  const verdict = comparison?.metrics[0]?.verdict;
  const shown: ShownEvaluation | undefined =
    set && run?.result ? { ...data, key, search, set, run, result: run.result } : undefined;
  return (
    <Page
      live
      crumbs={[
        { label: "Models", href: "/models" },
        { label: key.name, href: `/models/${encodeURIComponent(key.name)}` },
        { label, href: versionHref(key.name, key.version) },
        { label: "Evaluation" },
      ]}
    >
      <LiveRefresh topics={["evaluation"]} />
      <EvaluationKeys tabs={[...evaluationViews.map(hrefOf), gatesHref]} swapHref={swapHref} />
      <PageHead
        help="evaluate#evaluate-a-version"
        title={view === "compare" && base !== undefined ? `${key.name} v${base} vs ${label}` : `${key.name} ${label}`}
        badges={
          <>
            {verdict && base !== undefined && view !== "sets" && (
              <VerdictBadge verdict={verdict} filled than={`v${base}`} />
            )}
            {set && <Tag>{taskName(set.definition.task.kind)}</Tag>}
          </>
        }
        context={<Context data={data} />}
        sentence={view === "sets" || view === "robustness" ? undefined : sentenceOf(data, key.version)}
        actions={
          <>
            {view === "compare" && swapHref && (
              <ButtonLink variant="default" href={swapHref}>
                Swap
              </ButtonLink>
            )}
            <Button
              variant="default"
              component="a"
              href={`/api/v1/models/${encodeURIComponent(key.name)}/versions/${key.version}/model-card.md`}
              download={`${key.name}-${label}.md`}
            >
              Model card
            </Button>
            <ButtonLink variant="default" href={`/models/${encodeURIComponent(key.name)}?view=policy`}>
              Use in a gate…
            </ButtonLink>
          </>
        }
      />
      <Tabs
        label="Evaluation"
        items={[
          ...evaluationViews.map((each) => ({
            label: titles[each],
            href: hrefOf(each),
            current: each === view,
            ...countOf(each, data),
          })),
          { label: "Gates", href: gatesHref, current: false },
        ]}
        right={<Pickers data={data} name={key.name} version={key.version} view={view} />}
      />
      {view === "sets" ? (
        <SetsView ctx={ctx} version={key} sets={data.sets} />
      ) : (
        <>
          <EvaluationNotices ctx={ctx} data={data} version={key} />
          {shown ? (
            <EvaluationResultView ctx={ctx} view={view} shown={shown} />
          ) : (
            <Missing ctx={ctx} data={data} version={key} />
          )}
          {view === "overview" && logged && <LoggedPanel logged={logged} />}
        </>
      )}
    </Page>
  );
}

function sentenceOf({ run, base, comparison }: EvaluationPageData, version: number): string | undefined {
  const headline = run?.result?.metrics[0];
  if (!headline) return undefined;
  const compared = base !== undefined && comparison ? { base, result: comparison.metrics[0] } : undefined;
  return [headlineSentence(version, headline, compared), comparison && segmentSentence(comparison.segments)]
    .filter(Boolean)
    .join(" ");
}

function countOf(view: EvaluationView, { set }: EvaluationPageData): { count?: number } {
  if (!set?.facts) return {};
  if (view === "segments") return { count: set.facts.segments.length };
  return view === "rows" ? { count: set.facts.included } : {};
}

function Context({ data: { set, run } }: { data: EvaluationPageData }) {
  if (!set) return null;
  const rows = set.facts ? `${plural(set.facts.included, "row")}, frozen set` : "frozen set";
  if (!run?.finishedAt || !run.startedAt || !run.result) return rows;
  return (
    <span>
      {rows}; evaluated <Moment at={run.finishedAt} />,{" "}
      {formatDuration(run.finishedAt.getTime() - run.startedAt.getTime())}
      {run.ranOn && ` on ${run.ranOn.toUpperCase()}`}
      {run.result.latency &&
        `; p95 ${formatUnit(run.result.latency.p95Ms, "ms")} for a request of ${plural(run.result.latency.rows, "row")}`}
    </span>
  );
}

interface PickersProps {
  data: EvaluationPageData;
  name: string;
  version: number;
  view: EvaluationView;
}

function Pickers({ data: { sets, set, base, versions, champion }, name, version, view }: PickersProps) {
  const key = { name, version };
  const shownView = view === "sets" ? "overview" : view;
  const named = (number: number) => (number === champion ? `v${number}, champion` : `v${number}`);
  return (
    <>
      <span className="lw-small lw-muted" aria-hidden="true">
        Set
      </span>
      <ChoiceMenu
        label="Set"
        chosen={set ? `${set.name} ${set.digest.slice(0, 4)}` : "none"}
        choices={[
          ...sets.map((each) => ({
            label: `${each.name} ${each.digest.slice(0, 8)}${each.retiredAt ? ", retired" : ""}`,
            href: evaluationHref(key, shownView, { set: each, base }),
          })),
          { label: "All sets, freeze a set…", href: evaluationHref(key, "sets", { set, base }) },
        ]}
      />
      {versions.length > 1 && (
        <>
          <span className="lw-small lw-muted" aria-hidden="true">
            vs
          </span>
          <ChoiceMenu
            label="Compared with"
            chosen={base === undefined ? "none" : named(base)}
            choices={versions
              .filter((each) => each.version !== version)
              .map((each) => ({
                label: named(each.version),
                href: evaluationHref(key, shownView, { set, base: each.version }),
              }))}
          />
        </>
      )}
    </>
  );
}

interface MissingProps {
  ctx: Awaited<ReturnType<typeof requireContext>>;
  data: EvaluationPageData;
  version: { name: string; version: number };
}

/** What stands in the place of a result: no set, a set that is not ready, or a run that is not done. */
function Missing({ ctx, data: { set, run, base, earlier }, version }: MissingProps) {
  const label = `v${version.version}`;
  const setsHref = evaluationHref(version, "sets", { set, base });
  if (!set) {
    return (
      <Panel flush>
        <EmptyState
          title="No evaluation sets yet"
          action={
            <ButtonLink href={setsHref} variant="default">
              Freeze a set
            </ButtonLink>
          }
        >
          Freeze labelled rows of a dataset version to evaluate all versions of all models on the same rows.
        </EmptyState>
      </Panel>
    );
  }
  if (set.state === "failed") {
    return (
      <Panel flush>
        <FailedState
          title={`The rows of set ${set.name} could not be used`}
          action={
            <ButtonLink href={setsHref} variant="default">
              All sets
            </ButtonLink>
          }
        >
          {set.problem?.message ?? "See the log of the worker for details."}
        </FailedState>
      </Panel>
    );
  }
  if (!set.facts) {
    return (
      <Panel flush>
        <EmptyState title={`The rows of set ${set.name} are being read`}>
          {plural(set.rowsRead, "row")} read so far. The page updates when it is ready.
        </EmptyState>
      </Panel>
    );
  }
  const why = denialReason(ctx.actor.role, "requestEvaluation") ?? (set.retiredAt ? "the set is retired" : undefined);
  return (
    <RunState
      version={label}
      run={run}
      estimate={estimateSentence(set.facts.included, earlier)}
      runButton={
        <RunEvaluation
          version={label}
          label={run ? "Run again" : "Run evaluation"}
          run={runEvaluationAction.bind(null, { setId: set.id, ...version })}
          why={why}
          isPrimary
        />
      }
      cancelButton={
        run && (
          <CancelEvaluation
            version={label}
            cancel={cancelEvaluationAction.bind(null, run.id)}
            why={denialReason(ctx.actor.role, "cancelEvaluation")}
          />
        )
      }
    />
  );
}

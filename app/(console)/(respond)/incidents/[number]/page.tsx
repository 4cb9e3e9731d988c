import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { type IncidentTab, incidentHref } from "#components/respond/incidents/addresses.ts";
import { FactsPanel } from "#components/respond/incidents/facts-panel.tsx";
import { FoldActions } from "#components/respond/incidents/fold-actions.tsx";
import { ImpactPanel } from "#components/respond/incidents/impact-panel.tsx";
import { IncidentActions } from "#components/respond/incidents/incident-actions.tsx";
import { IncidentChart } from "#components/respond/incidents/incident-chart.tsx";
import { incidentSentence, stateOf } from "#components/respond/incidents/incident-text.ts";
import { LinksPanel } from "#components/respond/incidents/links-panel.tsx";
import { SimilarPanel } from "#components/respond/incidents/similar-panel.tsx";
import { boardHref } from "#components/respond/triage/board-view.ts";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { Tag } from "#components/ui/tag.tsx";
import {
  linkAction,
  mergeIncidentAction,
  moveAction,
  setSeverityAction,
  splitIncidentAction,
  unlinkAction,
  updateIncidentAction,
} from "../actions.ts";
import { IncidentTabBody } from "./incident-tab.tsx";
import { readIncidentPage } from "./read-page.ts";

type Props = PageProps<"/incidents/[number]">;

export async function generateMetadata({ params }: Props) {
  const { incident } = await readIncidentPage(await requireContext(), (await params).number);
  return { title: `INC-${incident.number} ${incident.title}, Incidents` };
}

const tabNames: Record<IncidentTab, string> = {
  timeline: "Timeline",
  actions: "Actions",
  runbook: "Runbook",
  "post-mortem": "Post-mortem",
};

export default async function IncidentPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const read = await readIncidentPage(ctx, (await params).number);
  const { incident, timeline, curve, changes, actions, rendered, similar } = read;
  const { number, title, state, severity, startedAt, mitigatedAt, endpoint, mergedInto } = incident;
  const requested = (await searchParams).tab;
  const tab = (typeof requested === "string" && requested in tabNames ? requested : "timeline") as IncidentTab;
  // The newest mark, as on the board.
  const marked = timeline.filter(({ isProbableCause }) => isProbableCause).toSorted((a, b) => b.id - a.id);
  const cause = marked[0]?.title;
  const why = denialReason(ctx.actor.role, "updateIncident");
  const counts = {
    timeline: timeline.length,
    actions: actions.length,
    runbook: rendered?.total,
    "post-mortem": undefined,
  };
  return (
    <Page crumbs={[{ label: "Incidents", href: "/incidents" }, { label: `INC-${number}` }]} live>
      <LiveRefresh topics={["incident"]} id={incident.id} everyMs={30_000} />
      <PageHead
        help="on-call#incidents"
        title={title}
        badges={
          <>
            <StatusBadge state={stateOf(state).state} filled>
              {stateOf(state).word}
            </StatusBadge>
            <Tag tone={severity === "SEV1" ? "strong" : "neutral"}>{severity}</Tag>
          </>
        }
        context={
          <span data-prose>
            INC-{number}
            {endpoint && (
              <>
                {" at "}
                <a href={endpointHref(endpoint)}>{endpoint}</a>
              </>
            )}
            , started <RelativeTime at={startedAt} />
            {["triage", "active", "mitigated"].includes(state) && (
              <>
                {", "}
                <a href={boardHref({ incident: number })}>open on the board</a>
              </>
            )}
            {mergedInto !== null && (
              <>
                {", merged into "}
                <a href={incidentHref(mergedInto)}>INC-{mergedInto}</a>
              </>
            )}
          </span>
        }
        sentence={incidentSentence(incident, cause, Date.now())}
        actions={
          <>
            {read.folding && !denialReason(ctx.actor.role, "mergeIncident") && (
              <FoldActions
                incident={incident}
                choices={read.folding}
                merge={mergeIncidentAction}
                split={splitIncidentAction}
                actorName={ctx.actor.name}
              />
            )}
            <IncidentActions
              incident={incident}
              move={moveAction}
              setSeverity={setSeverityAction}
              actorName={ctx.actor.name}
              why={denialReason(ctx.actor.role, "moveIncident")}
            />
          </>
        }
      />
      <Panel flush>
        {curve ? (
          <IncidentChart
            curve={curve}
            changes={changes}
            cause={cause}
            startedAt={startedAt.getTime()}
            mitigatedAt={mitigatedAt?.getTime()}
          />
        ) : (
          <FailedState title="Could not load the counts">
            The timeline and actions are complete. Reload the page to retry.
          </FailedState>
        )}
      </Panel>
      <Tabs
        label="Incident sections"
        items={(Object.keys(tabNames) as IncidentTab[]).map((each) => {
          const count = counts[each];
          return {
            label: tabNames[each],
            href: incidentHref(number, each),
            current: each === tab,
            ...(count !== undefined && { count }),
          };
        })}
      />
      {tab === "post-mortem" ? (
        <IncidentTabBody tab={tab} read={read} ctx={ctx} />
      ) : (
        <Columns columns="minmax(0, 1fr) 300px">
          <IncidentTabBody tab={tab} read={read} ctx={ctx} />
          <Stack>
            <ImpactPanel incident={incident} />
            <FactsPanel
              incident={incident}
              people={read.people}
              runbooks={read.runbooks.map(({ id, name }) => ({ id, name }))}
              update={updateIncidentAction}
              why={why}
            />
            <LinksPanel number={number} links={incident.links} link={linkAction} unlink={unlinkAction} why={why} />
            <SimilarPanel similar={similar ?? []} />
          </Stack>
        </Columns>
      )}
    </Page>
  );
}

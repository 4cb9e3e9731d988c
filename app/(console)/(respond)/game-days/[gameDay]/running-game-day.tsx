import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { AbortButton } from "#components/respond/drills/abort-button.tsx";
import { AbortConditionsPanel } from "#components/respond/drills/abort-conditions-panel.tsx";
import { gameDayName, gameDaysPath } from "#components/respond/drills/addresses.ts";
import { BlastRadiusPanel } from "#components/respond/drills/blast-radius-panel.tsx";
import classes from "#components/respond/drills/drills.module.css";
import { GameDayStateBadge } from "#components/respond/drills/game-day-state.tsx";
import { HeaderPanel } from "#components/respond/drills/header-panel.tsx";
import { LogPanel } from "#components/respond/drills/log-panel.tsx";
import { OwnerPresence } from "#components/respond/drills/owner-presence.tsx";
import { ExpectationsPanel, NotificationsPanel } from "#components/respond/drills/report-panels.tsx";
import { SliChart } from "#components/respond/drills/sli-chart.tsx";
import { TimeLeft } from "#components/respond/drills/time-left.tsx";
import { TimelinePanel } from "#components/respond/drills/timeline-panel.tsx";
import { endpointHref, predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { exampleRequest } from "#components/serve/playground/example-request.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import { listAbortConditions } from "#server/respond/drills/abort/list-abort-conditions.ts";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { listGameDayEvents } from "#server/respond/drills/queries.ts";
import { getGameDayReport } from "#server/respond/drills/report/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { signaturesOf } from "../../../(serve)/endpoints/[endpoint]/signatures-of.ts";
import { abortAction, decideBudgetAction, noteAction, seeAction } from "../actions.ts";

const stepMs = 10_000;
/** Time before the start that the chart shows. */
const leadMs = 300_000;

/** Renders a game day while it runs. Abort stands first, and needs one key. */
export async function RunningGameDay({ day }: { day: GameDay }) {
  const ctx = await requireContext();
  const { number, endpoint, owner, isAnnounced, startedAt, until, minutes, fault, scope } = day;
  const now = Date.now();
  const start = startedAt ?? new Date(now);
  const range = { from: Math.floor((start.getTime() - leadMs) / stepMs) * stepMs, to: now };
  const [report, conditions, events, series] = await Promise.all([
    getGameDayReport(ctx, number),
    listAbortConditions(ctx, number),
    listGameDayEvents(ctx, number),
    getEndpointSeries(ctx, {
      endpointId: endpoint.id,
      from: new Date(range.from),
      to: new Date(range.to),
      stepSeconds: stepMs / 1000,
    }),
  ]);
  return (
    <Page live crumbs={[{ label: "Game days", href: gameDaysPath }, { label: gameDayName(number) }]}>
      <LiveRefresh topics={["game-days"]} everyMs={5000} />
      {ctx.actor.id === owner.id && <OwnerPresence number={number} see={seeAction} />}
      <PageHead
        help="game-days#while-it-runs"
        title={gameDayName(number)}
        badges={<GameDayStateBadge state="running" filled />}
        context={
          <>
            <Link href={endpointHref(endpoint.name)}>{endpoint.name}</Link>
            <span>owner {owner.name}</span>
            <span>{isAnnounced ? "announced" : "not announced"}</span>
          </>
        }
        sentence={report.sentence}
        actions={
          <>
            {until && <TimeLeft until={until} minutes={minutes} />}
            <AbortButton number={number} abort={abortAction} why={denialReason(ctx.actor.role, "abortGameDay")} />
          </>
        }
      />
      <TimelinePanel day={day} timeline={report.timeline} />
      <Columns columns="minmax(0, 1fr) 420px">
        <Stack>
          <SliChart series={toWire(series)} kind={fault.kind} startedAt={start} endedAt={null} range={range} />
          <ExpectationsPanel results={report.expectations} />
          <NotificationsPanel notifications={report.notifications} />
        </Stack>
        <Stack>
          {scope === "header" && (
            <HeaderPanel
              day={day}
              gatewayUrl={runtime().config.gatewayUrl}
              request={await exampleFor(ctx, endpoint.name)}
            />
          )}
          <AbortConditionsPanel conditions={conditions} />
          <BlastRadiusPanel
            day={day}
            report={report}
            requestsHref={predictionsHref(endpoint.name)}
            now={now}
            decide={decideBudgetAction}
            why={denialReason(ctx.actor.role, "decideBudget")}
          />
          <LogPanel
            number={number}
            events={events}
            note={noteAction}
            why={denialReason(ctx.actor.role, "noteGameDay")}
          />
        </Stack>
      </Columns>
      <div className={classes.running} />
    </Page>
  );
}

/** Returns a request that the served version of an endpoint accepts; undefined if its model has no example. */
async function exampleFor(ctx: Context, name: string) {
  const { current } = await getEndpoint(ctx, { name });
  const signature = current && (await signaturesOf(ctx, [current]))[current.versionId];
  return signature ? exampleRequest(signature) : undefined;
}

import { IconRepeat } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { gameDayName, gameDaysPath, newGameDayHref } from "#components/respond/drills/addresses.ts";
import { BlastRadiusPanel } from "#components/respond/drills/blast-radius-panel.tsx";
import { FollowUpsPanel } from "#components/respond/drills/follow-ups-panel.tsx";
import { GameDayStateBadge, VerdictBadge } from "#components/respond/drills/game-day-state.tsx";
import { describeEnd } from "#components/respond/drills/game-day-text.ts";
import { LogPanel } from "#components/respond/drills/log-panel.tsx";
import { PrintButton } from "#components/respond/drills/print-button.tsx";
import {
  EarlierPanel,
  ExpectationsPanel,
  JobPanel,
  NotificationsPanel,
} from "#components/respond/drills/report-panels.tsx";
import { TimelinePanel } from "#components/respond/drills/timeline-panel.tsx";
import { endpointHref, predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { listFollowUps } from "#server/respond/drills/follow-ups/queries.ts";
import { listGameDayEvents } from "#server/respond/drills/queries.ts";
import { getGameDayReport, listEarlierGameDays } from "#server/respond/drills/report/queries.ts";
import { addFollowUpAction, decideBudgetAction, finishFollowUpAction, noteAction } from "../actions.ts";
import { listPeople } from "../plan-options.ts";

/** Renders what a game day showed. Until its report is complete, at most half an hour after its end, the page refreshes itself. */
export async function GameDayReport({ day }: { day: GameDay }) {
  const ctx = await requireContext();
  const { number, endpoint, owner, isAnnounced, startedAt, repeats, state, hypothesis } = day;
  const [report, events, followUps, earlier, people] = await Promise.all([
    getGameDayReport(ctx, number),
    listGameDayEvents(ctx, number),
    listFollowUps(ctx, number),
    listEarlierGameDays(ctx, number),
    listPeople(ctx),
  ]);
  const end = describeEnd(day);
  return (
    <Page live crumbs={[{ label: "Game days", href: gameDaysPath }, { label: gameDayName(number) }]}>
      <LiveRefresh topics={["game-days"]} everyMs={day.outcome === null ? 10_000 : 60_000} />
      <PageHead
        help="game-days#read-the-report"
        title={gameDayName(number)}
        badges={
          <>
            <VerdictBadge isConfirmed={report.isConfirmed} filled />
            {state === "aborted" && <GameDayStateBadge state={state} filled />}
          </>
        }
        context={
          <>
            <Link href={endpointHref(endpoint.name)}>{endpoint.name}</Link>
            {startedAt && <Moment at={startedAt} />}
            <span>owner {owner.name}</span>
            <span>{isAnnounced ? "announced" : "not announced"}</span>
          </>
        }
        sentence={report.sentence}
        actions={
          <>
            <PrintButton />
            <ButtonLink
              href={newGameDayHref(number)}
              leftSection={<IconRepeat size={15} stroke={1.8} aria-hidden="true" />}
            >
              Plan the next…
            </ButtonLink>
          </>
        }
      />
      <p className="lw-muted">
        Hypothesis: {hypothesis} {end}
      </p>
      <TimelinePanel day={day} timeline={report.timeline} />
      <Columns columns="minmax(0, 1fr) 400px">
        <Stack>
          <ExpectationsPanel results={report.expectations} />
          <NotificationsPanel notifications={report.notifications} />
          <EarlierPanel endpoint={endpoint.name} days={earlier} />
        </Stack>
        <Stack>
          <BlastRadiusPanel
            day={day}
            report={report}
            requestsHref={predictionsHref(endpoint.name)}
            now={Date.now()}
            decide={decideBudgetAction}
            why={denialReason(ctx.actor.role, "decideBudget")}
          />
          {report.job && <JobPanel job={report.job} />}
          <FollowUpsPanel
            number={number}
            followUps={followUps}
            people={people}
            add={addFollowUpAction}
            finish={finishFollowUpAction}
            why={denialReason(ctx.actor.role, "addFollowUp")}
            foot={repeats === "monthly" ? "Repeated each month; skipped while a precondition fails." : undefined}
          />
          <LogPanel
            number={number}
            events={events}
            note={noteAction}
            why={denialReason(ctx.actor.role, "noteGameDay")}
          />
        </Stack>
      </Columns>
    </Page>
  );
}

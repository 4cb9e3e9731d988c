import { IconRepeat } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { gameDayHref, gameDayName, gameDaysPath, newGameDayHref } from "#components/respond/drills/addresses.ts";
import { GameDayStateBadge } from "#components/respond/drills/game-day-state.tsx";
import { describeEnd, describeReplay, firstBlock } from "#components/respond/drills/game-day-text.ts";
import { PlanActions } from "#components/respond/drills/plan-actions.tsx";
import { PlanPanel } from "#components/respond/drills/plan-panels.tsx";
import { PreconditionsPanel } from "#components/respond/drills/preconditions-panel.tsx";
import { ReplayPanels } from "#components/respond/drills/replay-panels.tsx";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { type GameDay, limits, type GameDayPlan as Plan } from "#server/respond/drills/contract.ts";
import { listPreconditions } from "#server/respond/drills/preconditions/list-preconditions.ts";
import { replayGameDay } from "#server/respond/drills/replay/replay-game-day.ts";
import { discardAction, startAction } from "../actions.ts";

/** Renders a game day that has not started, or was skipped: what it would do, and what keeps it from starting. */
export async function GameDayPlan({ day }: { day: GameDay }) {
  const ctx = await requireContext();
  const { number, state, endpoint, startsAt, previous, fault, minutes } = day;
  const isPlanned = state === "planned";
  const preconditions = isPlanned ? await listPreconditions(ctx, number) : [];
  const replay = isPlanned ? await replayGameDay(ctx, planOf(day), Date.now()) : undefined;
  const blocked = firstBlock(preconditions);
  return (
    <Page live crumbs={[{ label: "Game days", href: gameDaysPath }, { label: gameDayName(number) }]}>
      <LiveRefresh topics={["game-days"]} everyMs={30_000} />
      <PageHead
        help="game-days#plan-a-game-day"
        title={gameDayName(number)}
        badges={<GameDayStateBadge state={state} filled />}
        context={
          <>
            <Link href={endpointHref(endpoint.name)}>{endpoint.name}</Link>
            {isPlanned && (startsAt === null ? <span>started manually</span> : <Moment at={startsAt} />)}
            {previous && (
              <span>
                previous game day <Link href={gameDayHref(previous.number)}>{gameDayName(previous.number)}</Link>
              </span>
            )}
          </>
        }
        sentence={describeEnd(day) ?? blocked ?? (replay && describeReplay(replay, fault.kind))}
        actions={
          isPlanned ? (
            <PlanActions
              day={day}
              start={startAction}
              discard={discardAction}
              whyNoEdit={denialReason(ctx.actor.role, "updateGameDay")}
              whyNoDiscard={denialReason(ctx.actor.role, "discardGameDay")}
              whyNoStart={denialReason(ctx.actor.role, "startGameDay") ?? blocked}
            />
          ) : (
            <ButtonLink
              href={newGameDayHref(number)}
              leftSection={<IconRepeat size={15} stroke={1.8} aria-hidden="true" />}
            >
              Plan the next…
            </ButtonLink>
          )
        }
      />
      <Columns columns="minmax(0, 1fr) 480px">
        <PlanPanel day={day} />
        <Stack>
          {replay && <ReplayPanels replay={replay} kind={fault.kind} minutes={minutes} />}
          {preconditions.length > 0 && (
            <PreconditionsPanel preconditions={preconditions} checkedAgain="checked again at the start" />
          )}
        </Stack>
      </Columns>
    </Page>
  );
}

function planOf(day: GameDay): Plan {
  const { hypothesis, fault, scope, minutes, isAnnounced, expectations, startsAt, repeats } = day;
  const share = Math.min(day.share, limits.adminShare);
  const ids = { endpoint: day.endpoint.name, ownerId: day.owner.id };
  return { ...ids, hypothesis, fault, scope, share, minutes, isAnnounced, expectations, startsAt, repeats };
}

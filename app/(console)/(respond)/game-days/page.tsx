import { IconPlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { newGameDayHref } from "#components/respond/drills/addresses.ts";
import { GameDaysTable } from "#components/respond/drills/game-days-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listGameDays } from "#server/respond/drills/queries.ts";

export const metadata = { title: "Game days" };

const shownDays = 200;

export default async function GameDaysPage() {
  const ctx = await requireContext();
  const days = await listGameDays(ctx, { limit: shownDays });
  const planned = days.filter(({ state }) => state === "planned").length;
  const running = days.filter(({ state }) => state === "running").length;
  return (
    <Page crumbs={[{ label: "Game days" }]} live>
      <LiveRefresh topics={["game-days"]} everyMs={60_000} />
      <PageHead
        help="game-days#before-you-plan-one"
        title="Game days"
        context={days.length > 0 && `${running} running, ${planned} planned`}
        actions={
          <KeyLink
            href={newGameDayHref()}
            letter="N"
            icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            why={denialReason(ctx.actor.role, "planGameDay")}
            primary
          >
            Plan a game day…
          </KeyLink>
        }
      />
      <Panel flush>
        <GameDaysTable
          days={days}
          foot={days.length === shownDays && `Newest ${shownDays}`}
          empty={
            <EmptyState title="No game days yet" action={<Link href={newGameDayHref()}>Plan a game day</Link>}>
              A game day injects a fault on purpose, within limits and for minutes, and reports who was notified, how
              fast, and what recovered automatically. It needs an SLO, a notification route and someone on call.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}

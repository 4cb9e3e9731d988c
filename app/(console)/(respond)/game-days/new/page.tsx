import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { gameDayName, gameDaysPath } from "#components/respond/drills/addresses.ts";
import { PlanForm } from "#components/respond/drills/plan-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { planAction, replayAction, updateAction } from "../actions.ts";
import { planOptions } from "../plan-options.ts";
import { readGameDay } from "../read-game-day.ts";

export const metadata = { title: "Plan a game day, Game days" };

export default async function NewGameDayPage({ searchParams }: PageProps<"/game-days/new">) {
  const ctx = await requireContext();
  const query = await searchParams;
  const previous = typeof query.from === "string" ? await readGameDay(query.from) : undefined;
  const endpoint = typeof query.endpoint === "string" ? query.endpoint : undefined;
  const why = denialReason(ctx.actor.role, "planGameDay");
  const copied = previous && `With the plan of ${gameDayName(previous.number)}`;
  return (
    <Page crumbs={[{ label: "Game days", href: gameDaysPath }, { label: "Plan a game day" }]}>
      <PageHead
        help="game-days#plan-a-game-day"
        title="Plan a game day"
        context={why ? `Planning one ${why}.` : copied}
      />
      <PlanForm
        previous={previous}
        endpoint={endpoint}
        options={await planOptions(ctx, endpoint ?? previous?.endpoint.name)}
        plan={planAction}
        update={updateAction}
        replay={replayAction}
        why={why}
      />
    </Page>
  );
}

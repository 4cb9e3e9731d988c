import { redirect } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { gameDayHref, gameDayName, gameDaysPath } from "#components/respond/drills/addresses.ts";
import { PlanForm } from "#components/respond/drills/plan-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { listPreconditions } from "#server/respond/drills/preconditions/list-preconditions.ts";
import { planAction, replayAction, updateAction } from "../../actions.ts";
import { planOptions } from "../../plan-options.ts";
import { readGameDay } from "../../read-game-day.ts";

type Props = PageProps<"/game-days/[gameDay]/edit">;

export async function generateMetadata({ params }: Props) {
  const { number } = await readGameDay((await params).gameDay);
  return { title: `Edit ${gameDayName(number)}, Game days` };
}

export default async function EditGameDayPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const day = await readGameDay((await params).gameDay);
  if (day.state !== "planned") redirect(gameDayHref(day.number));
  const { endpoint } = await searchParams;
  const why = denialReason(ctx.actor.role, "updateGameDay");
  const name = gameDayName(day.number);
  return (
    <Page
      crumbs={[
        { label: "Game days", href: gameDaysPath },
        { label: name, href: gameDayHref(day.number) },
        { label: "Edit" },
      ]}
    >
      <PageHead
        help="game-days#plan-a-game-day"
        title={`Edit the plan of ${name}`}
        context={why && `Editing it ${why}.`}
      />
      <PlanForm
        day={day}
        preconditions={await listPreconditions(ctx, day.number)}
        options={await planOptions(ctx, typeof endpoint === "string" ? endpoint : day.endpoint.name)}
        plan={planAction}
        update={updateAction}
        replay={replayAction}
        why={why}
      />
    </Page>
  );
}

import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { ScheduleForm } from "#components/respond/oncall/schedules/schedule-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { listTeams } from "#server/platform/teams/queries.ts";
import { getSchedule } from "#server/respond/oncall/schedules/queries.ts";
import { peopleChoices, zoneChoices } from "../../../people-choices.ts";
import { previewScheduleAction, saveScheduleAction } from "../../actions.ts";

export const metadata = { title: "Edit schedule, On call" };

export default async function EditSchedulePage({ params }: PageProps<"/on-call/schedules/[schedule]/edit">) {
  const ctx = await requireContext();
  const { schedule: scheduleId } = await params;
  const { id, name, timeZone, team, layers } = await found(getSchedule(ctx, { scheduleId }));
  const [people, teams] = [await peopleChoices(ctx), await listTeams(ctx)];
  const crumbs = [
    { label: "On call", href: "/on-call" },
    { label: "Schedules", href: "/on-call/schedules" },
    { label: name, href: `/on-call/schedules/${id}` },
    { label: "Edit" },
  ];
  return (
    <Page crumbs={crumbs}>
      <PageHead
        help="on-call#schedules"
        title={`Edit ${name}`}
        context="Changes apply when you save; overrides take precedence"
      />
      <ScheduleForm
        value={{ id, name, timeZone, teamId: team?.id ?? null, layers }}
        people={people}
        teams={teams.map((each) => ({ value: each.id, label: each.name }))}
        zones={zoneChoices()}
        save={saveScheduleAction}
        preview={previewScheduleAction}
      />
    </Page>
  );
}

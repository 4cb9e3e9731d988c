import { requireContext } from "#app/_lib/context.ts";
import { onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { ScheduleForm } from "#components/respond/oncall/schedules/schedule-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { getContactMethods } from "#server/platform/teams/people/queries.ts";
import { listTeams } from "#server/platform/teams/queries.ts";
import { peopleChoices, zoneChoices } from "../../people-choices.ts";
import { previewScheduleAction, saveScheduleAction } from "../actions.ts";

export const metadata = { title: "New schedule, On call" };

export default async function NewSchedulePage({ searchParams }: PageProps<"/on-call/schedules/new">) {
  const ctx = await requireContext();
  const { team } = await searchParams;
  const [people, teams, { timeZone }] = [await peopleChoices(ctx), await listTeams(ctx), await getContactMethods(ctx)];
  const teamId = teams.find(({ id }) => id === team)?.id ?? null;
  const layers = [
    { name: "Primary", userIds: [], start: lastMonday(), every: { unit: "week" as const, count: 1 }, hours: [] },
  ];
  return (
    <Page crumbs={onCallCrumbs("schedules", "New schedule")}>
      <PageHead help="on-call#schedules" title="New schedule" context="Rotations; later layers override earlier ones" />
      <ScheduleForm
        value={{ name: "", timeZone, teamId, layers }}
        people={people}
        teams={teams.map(({ id, name }) => ({ value: id, label: name }))}
        zones={zoneChoices()}
        save={saveScheduleAction}
        preview={previewScheduleAction}
      />
    </Page>
  );
}

/** Returns a Monday in the past, so that someone is on call as soon as the schedule is saved. */
function lastMonday(): string {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) - (day.getUTCDay() === 1 ? 7 : 0));
  return `${day.toISOString().slice(0, 10)}T09:00`;
}

import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { ArchiveButton } from "#components/respond/oncall/archive-button.tsx";
import { onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { CalendarAddress } from "#components/respond/oncall/schedules/calendar-address.tsx";
import { OverridesList } from "#components/respond/oncall/schedules/overrides-list.tsx";
import { NewOverride, ScheduleCalendar } from "#components/respond/oncall/schedules/schedule-calendar.tsx";
import { ScheduleWarnings } from "#components/respond/oncall/schedules/schedule-warnings.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { TurnTime } from "#components/ui/turn-time.tsx";
import { midnightOf } from "#server/respond/oncall/schedules/local-time.ts";
import { getSchedule } from "#server/respond/oncall/schedules/queries.ts";
import { peopleChoices } from "../../people-choices.ts";
import {
  addOverrideAction,
  archiveScheduleAction,
  cancelOverrideAction,
  removeAddressAction,
  renewAddressAction,
} from "../actions.ts";

export async function generateMetadata({ params }: PageProps<"/on-call/schedules/[schedule]">) {
  const { schedule: scheduleId } = await params;
  const schedule = await foundOrNot(getSchedule(await requireContext(), { scheduleId }));
  return { title: `${schedule?.name ?? "Schedule"}, On call` };
}

const dayMs = 86_400_000;

export default async function SchedulePage({ params, searchParams }: PageProps<"/on-call/schedules/[schedule]">) {
  const ctx = await requireContext();
  const [{ schedule: scheduleId }, { from }] = [await params, await searchParams];
  const { timeZone } = await found(getSchedule(ctx, { scheduleId }));
  const today = midnightOf(new Date(), timeZone) ?? new Date();
  const start = (typeof from === "string" && midnightOf(from, timeZone)) || today;
  const span = { from: start, to: new Date(start.getTime() + 14 * dayMs) };
  const schedule = await found(getSchedule(ctx, { scheduleId, ...span }));
  const people = await peopleChoices(ctx);
  const why = denialReason(ctx.actor.role, "addOverride");
  const editing = denialReason(ctx.actor.role, "updateSchedule");
  const { id, name, team, now, next, overrides, timeline } = schedule;
  const names = Object.fromEntries(timeline.people.map((person) => [person.userId, person.name]));
  const shared = { scheduleId: id, timeZone, people, override: addOverrideAction, why };
  const step = (days: number) => {
    const day = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
    return `/on-call/schedules/${id}?from=${day.format(new Date(start.getTime() + days * dayMs + dayMs / 2))}`;
  };
  return (
    <Page crumbs={onCallCrumbs("schedules", name)} live>
      <LiveRefresh topics={["oncall"]} everyMs={60_000} />
      <PageHead
        help="on-call#schedules"
        title={name}
        context={`${team ? `Team ${team.name}` : "For services without a team"} · times in ${timeZone}`}
        actions={
          <>
            <ArchiveButton
              title={`Delete schedule ${name}?`}
              consequence="It no longer puts anyone on call, and its calendar URL stops working"
              confirmLabel="Delete schedule"
              input={{ scheduleId: id }}
              action={archiveScheduleAction}
              actorName={ctx.actor.name}
              leadsTo="/on-call/schedules"
              why={editing}
            />
            <NewOverride {...shared} />
            {!editing && (
              <ButtonLink href={`/on-call/schedules/${id}/edit`} variant="default">
                Edit
              </ButtonLink>
            )}
          </>
        }
        sentence={
          <>
            {now ? `${now.name} is on call` : "No one is on call"}
            {now?.until && (
              <>
                {" "}
                until <TurnTime at={now.until} timeZone={timeZone} />
              </>
            )}
            {next && (
              <>
                ; {next.name} is next,{" "}
                {now?.until?.getTime() === next.from.getTime() ? (
                  "right after"
                ) : (
                  <>
                    at <TurnTime at={next.from} timeZone={timeZone} />
                  </>
                )}
              </>
            )}
            .
          </>
        }
      />
      <Panel
        title="Calendar"
        subtitle={why ? "two weeks" : "two weeks; select a shift to override it"}
        right={
          <SegmentedLinks
            label="Date range"
            items={[
              { label: "Earlier", href: step(-14), current: false },
              { label: "Today", href: `/on-call/schedules/${id}`, current: start.getTime() === today.getTime() },
              { label: "Later", href: step(14), current: false },
            ]}
          />
        }
      >
        <ScheduleWarnings warnings={timeline.warnings} />
        <ScheduleCalendar {...shared} timeline={timeline} />
      </Panel>
      <Columns columns="minmax(0, 2fr) minmax(0, 1fr)">
        <Panel title="Overrides" subtitle="take precedence over all layers" flush>
          {overrides.length === 0 ? (
            <EmptyState title="No overrides">The rotation applies unchanged.</EmptyState>
          ) : (
            <OverridesList
              overrides={overrides}
              timeZone={timeZone}
              names={names}
              cancel={cancelOverrideAction}
              why={why}
            />
          )}
        </Panel>
        <Panel title="Calendar URL" subtitle="iCalendar">
          <CalendarAddress
            scheduleId={id}
            hasAddress={schedule.hasCalendarAddress}
            renew={renewAddressAction}
            remove={removeAddressAction}
            why={why}
          />
        </Panel>
      </Columns>
    </Page>
  );
}

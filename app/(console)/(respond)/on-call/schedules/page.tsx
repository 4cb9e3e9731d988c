import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { OnCallTabs, onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { SchedulesTable } from "#components/respond/oncall/schedules/schedules-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { ScheduleSummary } from "#server/respond/oncall/schedules/contract.ts";
import { listSchedules } from "#server/respond/oncall/schedules/queries.ts";

export const metadata = { title: "Schedules, On call" };

export default async function SchedulesPage() {
  const ctx = await requireContext();
  const schedules = await listSchedules(ctx);
  const why = denialReason(ctx.actor.role, "createSchedule");
  const make = why ? (
    <span className="lw-quiet">Creating a schedule {why}</span>
  ) : (
    <ButtonLink href="/on-call/schedules/new">Create schedule</ButtonLink>
  );
  return (
    <Page crumbs={onCallCrumbs("schedules")} live>
      <LiveRefresh topics={["oncall"]} everyMs={60_000} />
      <PageHead
        help="on-call#schedules"
        title="Schedules"
        context="Who is on call now and next"
        actions={make}
        sentence={sentenceOf(schedules)}
      />
      <OnCallTabs current="schedules" />
      <Panel flush>
        {schedules.length === 0 ? (
          <EmptyState title="No on-call schedules yet" action={make}>
            A schedule puts people on call in rotation. Without one, pages go only to the receiver of their route.
          </EmptyState>
        ) : (
          <SchedulesTable schedules={schedules} />
        )}
      </Panel>
    </Page>
  );
}

function sentenceOf(schedules: ScheduleSummary[]): string | undefined {
  if (schedules.length === 0) return undefined;
  const open = schedules.filter(({ now }) => now === null).map(({ name }) => name);
  if (open.length > 0) return `No one is on call in ${open.join(", ")}.`;
  const gaps = schedules.filter(({ warnings }) => warnings.length > 0).map(({ name }) => name);
  if (gaps.length > 0) return `Every schedule is covered now; ${gaps.join(", ")} will have gaps.`;
  return "Every schedule is covered for the next four weeks.";
}

import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { HandoverEditor } from "#components/respond/oncall/handover/handover-editor.tsx";
import { HandoverNotes } from "#components/respond/oncall/handover/handover-notes.tsx";
import { ShiftStrip } from "#components/respond/oncall/handover/shift-strip.tsx";
import { OnCallTabs, onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import type { Context } from "#server/base/context.ts";
import { draftHandover, getShiftReport, listHandovers } from "#server/respond/oncall/handover/queries.ts";
import type { ScheduleSummary } from "#server/respond/oncall/schedules/contract.ts";
import { listSchedules } from "#server/respond/oncall/schedules/queries.ts";
import { saveHandoverAction } from "./actions.ts";

export const metadata = { title: "Handover, On call" };

export default async function HandoverPage({ searchParams }: PageProps<"/on-call/handover">) {
  const ctx = await requireContext();
  const { schedule: requested } = await searchParams;
  const schedules = await listSchedules(ctx);
  const chosen =
    schedules.find(({ id }) => id === requested) ??
    schedules.find(({ now }) => now?.userId === ctx.actor.id) ??
    schedules.find(({ now }) => now !== null) ??
    schedules[0];
  return (
    <Page crumbs={onCallCrumbs("handover")} live>
      <LiveRefresh topics={["oncall", "alert"]} everyMs={60_000} />
      <PageHead help="on-call#handover" title="Handover" context="What the next on-call engineer needs to know" />
      <OnCallTabs current="handover" />
      {schedules.length > 1 && (
        <SegmentedLinks
          label="Schedule"
          items={schedules.map(({ id, name }) => ({
            label: name,
            href: `/on-call/handover?schedule=${id}`,
            current: id === chosen?.id,
          }))}
        />
      )}
      {chosen ? (
        <OfSchedule ctx={ctx} schedule={chosen} />
      ) : (
        <Panel flush>
          <EmptyState title="Nothing to hand over">There is no on-call schedule yet.</EmptyState>
        </Panel>
      )}
    </Page>
  );
}

async function OfSchedule({ ctx, schedule }: { ctx: Context; schedule: ScheduleSummary }) {
  const { id: scheduleId, now } = schedule;
  const notes = await listHandovers(ctx, { scheduleId });
  const [draft, report] = now
    ? [await draftHandover(ctx, { scheduleId }), await getShiftReport(ctx, { scheduleId })]
    : [];
  const before = notes.filter(({ shiftFrom }) => shiftFrom.getTime() !== draft?.shift.from.getTime());
  return (
    <Stack>
      {report && <ShiftStrip statistics={report} />}
      <Panel title="Current shift" subtitle="generated from open alerts, recent notifications and upcoming changes">
        {draft ? (
          <HandoverEditor
            key={`${scheduleId}-${draft.shift.from.getTime()}`}
            draft={draft}
            save={saveHandoverAction}
            why={denialReason(ctx.actor.role, "saveHandover")}
          />
        ) : (
          <EmptyState title="No one is on call">There is no shift to hand over.</EmptyState>
        )}
      </Panel>
      <HandoverNotes notes={before} timeZone={schedule.timeZone} />
    </Stack>
  );
}

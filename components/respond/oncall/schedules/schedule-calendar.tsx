"use client";

import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { Shift, Timeline } from "#server/respond/oncall/schedules/contract.ts";
import { OverrideForm, type OverrideInput } from "./override-form.tsx";
import { TimelineChart } from "./timeline-chart.tsx";

interface ScheduleCalendarProps {
  scheduleId: string;
  timeline: Timeline;
  timeZone: string;
  people: { value: string; label: string }[];
  override: (input: OverrideInput) => Promise<ActionState<unknown>>;
  /** Reason why the user may not override. */
  why?: string | undefined;
}

/** Shows the calendar of a schedule; a selected shift can be overridden. */
export function ScheduleCalendar({ scheduleId, timeline, timeZone, people, override, why }: ScheduleCalendarProps) {
  const [chosen, setChosen] = useState<Pick<Shift, "from" | "to">>();
  return (
    <>
      <TimelineChart timeline={timeline} timeZone={timeZone} {...(!why && { onChoose: setChosen })} />
      <Modal
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title="Create override"
        size={480}
        yOffset="10vh"
      >
        {chosen && (
          <OverrideForm
            scheduleId={scheduleId}
            span={chosen}
            timeZone={timeZone}
            people={people}
            action={override}
            onDone={() => setChosen(undefined)}
          />
        )}
      </Modal>
    </>
  );
}

type NewOverrideProps = Omit<ScheduleCalendarProps, "timeline">;

/** Button and dialog that put someone on call for a time range. */
export function NewOverride({ why, override, ...form }: NewOverrideProps) {
  const [opened, setOpened] = useState(false);
  const now = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
  const span = { from: new Date(now), to: new Date(now + 8 * 3_600_000) };
  return (
    <>
      <Button variant="default" disabled={why !== undefined} title={why} onClick={() => setOpened(true)}>
        Override…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Create override" size={480} yOffset="10vh">
        <OverrideForm {...form} span={span} action={override} onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}

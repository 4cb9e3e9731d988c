"use client";

import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  CreateSchedule,
  PreviewSchedule,
  ScheduleLayer,
  Timeline,
} from "#server/respond/oncall/schedules/contract.ts";
import { LayerFields } from "./layer-fields.tsx";
import classes from "./schedule-form.module.css";
import { ScheduleWarnings } from "./schedule-warnings.tsx";
import { TimelineChart } from "./timeline-chart.tsx";

interface ScheduleFormProps {
  /** Initial values; with an id, that schedule is edited. */
  value: { id?: string; name: string; timeZone: string; teamId: string | null; layers: ScheduleLayer[] };
  people: { value: string; label: string }[];
  teams: { value: string; label: string }[];
  zones: string[];
  save: (input: CreateSchedule & { scheduleId?: string }) => Promise<ActionState<{ id: string }>>;
  preview: (input: PreviewSchedule) => Promise<ActionState<Timeline>>;
}

/** Renders the name, time zone, team and layers of a schedule, with a preview of the result before saving. */
export function ScheduleForm({ value, people, teams, zones, save, preview }: ScheduleFormProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(save);
  const [input, setInput] = useState(value);
  const set = (change: Partial<typeof input>) => setInput({ ...input, ...change });
  const { id, ...fields } = input;
  const complaints = state.fieldErrors ?? {};
  const setLayer = (index: number, layer: ScheduleLayer) =>
    set({ layers: input.layers.map((other, at) => (at === index ? layer : other)) });

  function submit() {
    run({ ...fields, ...(id && { scheduleId: id }) }, (saved) => {
      toast.done(`Schedule ${input.name} saved.`);
      router.push(`/on-call/schedules/${saved.id}`);
    });
  }
  return (
    <Columns columns="440px minmax(0, 1fr)">
      <Panel title="Schedule">
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <FormProblem state={state} />
          <TextInput
            label="Name"
            value={input.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={complaints.name}
            data-autofocus
          />
          <div className={classes.row}>
            <Select
              label="Time zone"
              data={zones}
              value={input.timeZone}
              searchable
              allowDeselect={false}
              onChange={(timeZone) => set({ timeZone: timeZone ?? "UTC" })}
              error={complaints.timeZone}
            />
            <Select
              label="Team"
              data={teams}
              value={input.teamId}
              clearable
              placeholder="For services without a team"
              onChange={(teamId) => set({ teamId })}
              error={complaints.teamId}
            />
          </div>
          {input.layers.map((layer, index) => (
            <LayerFields
              // biome-ignore lint/suspicious/noArrayIndexKey: layers have a place and no other identity
              key={index}
              layer={layer}
              index={index + 1}
              people={people}
              onChange={(changed) => setLayer(index, changed)}
              onRemove={
                input.layers.length > 1
                  ? () => set({ layers: input.layers.filter((_, at) => at !== index) })
                  : undefined
              }
              complaint={(field) =>
                Object.entries(complaints).find(([name]) => name.startsWith(`layers.${index}.${field}`))?.[1]
              }
            />
          ))}
          <div className={classes.foot}>
            <Button
              variant="default"
              onClick={() => set({ layers: [...input.layers, nextLayer(input.layers)] })}
              disabled={input.layers.length >= 10}
            >
              Add layer
            </Button>
            <Button type="submit" aria-disabled={busy}>
              {busy ? "Saving…" : "Save schedule"}
            </Button>
          </div>
        </form>
      </Panel>
      <Panel title="Preview" subtitle="the next two weeks, not saved yet">
        <Preview input={input} preview={preview} />
      </Panel>
    </Columns>
  );
}

function nextLayer(layers: readonly ScheduleLayer[]): ScheduleLayer {
  const [first] = layers;
  const start = first?.start ?? "2026-01-05T09:00";
  return { name: `Layer ${layers.length + 1}`, userIds: [], start, every: { unit: "week", count: 1 }, hours: [] };
}

function Preview({ input, preview }: { input: ScheduleFormProps["value"]; preview: ScheduleFormProps["preview"] }) {
  const [debounced] = useDebouncedValue(input, 400);
  const [timeline, setTimeline] = useState<{ value: Timeline; timeZone: string }>();
  const isComplete = debounced.layers.every(({ userIds }) => userIds.length > 0);
  useEffect(() => {
    if (!isComplete) return;
    let isLate = false;
    const { id, timeZone, layers } = debounced;
    void preview({ timeZone, layers, scheduleId: id ?? null }).then(({ ok, data }) => {
      if (!isLate && ok && data) setTimeline({ value: data, timeZone });
    });
    return () => {
      isLate = true;
    };
  }, [debounced, isComplete, preview]);
  if (!isComplete) return <p className="lw-quiet">Add people to every layer to preview the schedule.</p>;
  if (!timeline) return <p className="lw-quiet">Calculating the next two weeks…</p>;
  return (
    <>
      <ScheduleWarnings warnings={timeline.value.warnings} />
      <TimelineChart timeline={timeline.value} timeZone={timeline.timeZone} />
    </>
  );
}

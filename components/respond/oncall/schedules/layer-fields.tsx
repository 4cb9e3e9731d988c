"use client";

import { Button, Checkbox, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import type { ScheduleLayer } from "#server/respond/oncall/schedules/contract.ts";
import classes from "./schedule-form.module.css";

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
/** Weekdays starting on Monday, as users read them. */
const weekOrder = [1, 2, 3, 4, 5, 6, 0];
const units = [
  { value: "hour", label: "hours" },
  { value: "day", label: "days" },
  { value: "week", label: "weeks" },
];

interface LayerFieldsProps {
  layer: ScheduleLayer;
  /** From 1, as people count. */
  index: number;
  people: { value: string; label: string }[];
  onChange: (layer: ScheduleLayer) => void;
  /** Undefined for the only layer. */
  onRemove?: (() => void) | undefined;
  /** Returns the error message of a field by its name. */
  complaint: (field: string) => string | undefined;
}

/** Renders one layer: the people in rotation, its start, the length of a turn, and its hours. */
export function LayerFields({ layer, index, people, onChange, onRemove, complaint }: LayerFieldsProps) {
  const set = (change: Partial<ScheduleLayer>) => onChange({ ...layer, ...change });
  const [date = "", time = ""] = layer.start.split("T");
  return (
    <fieldset className={classes.layer}>
      <legend className="lw-hidden">{`Layer ${index}`}</legend>
      <div className={classes.row}>
        <TextInput
          label={`Layer ${index}`}
          value={layer.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={complaint("name")}
        />
        {onRemove && (
          <Button variant="default" className={classes.remove} onClick={onRemove} aria-label={`Remove layer ${index}`}>
            Remove
          </Button>
        )}
      </div>
      <MultiSelect
        label="People, in rotation order"
        data={people}
        value={layer.userIds}
        onChange={(userIds) => set({ userIds })}
        searchable
        error={complaint("userIds")}
        {...(layer.userIds.length === 0 && { placeholder: "Select people" })}
      />
      <div className={classes.row}>
        <TextInput
          label="First handover"
          type="date"
          value={date}
          onChange={(event) => set({ start: `${event.currentTarget.value}T${time}` })}
          error={complaint("start")}
        />
        <TextInput
          label="At"
          type="time"
          value={time}
          onChange={(event) => set({ start: `${date}T${event.currentTarget.value}` })}
        />
        <NumberInput
          label="Shift length"
          min={1}
          max={52}
          value={layer.every.count}
          onChange={(count) => set({ every: { ...layer.every, count: Number(count) || 1 } })}
          error={complaint("every.count")}
        />
        <Select
          label="Unit"
          data={units}
          value={layer.every.unit}
          allowDeselect={false}
          onChange={(unit) =>
            set({ every: { ...layer.every, unit: (unit ?? "week") as ScheduleLayer["every"]["unit"] } })
          }
        />
      </div>
      <Hours layer={layer} set={set} />
    </fieldset>
  );
}

function Hours({ layer, set }: { layer: ScheduleLayer; set: (change: Partial<ScheduleLayer>) => void }) {
  const [span] = layer.hours;
  const toggled = span ? [] : [{ weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" }];
  return (
    <>
      <Checkbox
        label="Only during certain hours"
        checked={span !== undefined}
        onChange={() => set({ hours: toggled })}
      />
      {layer.hours.map((each, index) => {
        const change = (more: Partial<typeof each>) =>
          set({ hours: layer.hours.map((other, at) => (at === index ? { ...other, ...more } : other)) });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity
          <div className={classes.row} key={index}>
            <fieldset className={classes.weekdays}>
              <legend className="lw-hidden">Weekdays; none selected means every day</legend>
              {weekOrder.map((weekday) => (
                <Checkbox
                  key={weekday}
                  size="xs"
                  label={weekdays[weekday]}
                  checked={each.weekdays.includes(weekday)}
                  onChange={(event) =>
                    change({
                      weekdays: event.currentTarget.checked
                        ? [...each.weekdays, weekday]
                        : each.weekdays.filter((other) => other !== weekday),
                    })
                  }
                />
              ))}
            </fieldset>
            <TextInput
              label="From"
              type="time"
              value={each.from}
              onChange={(event) => change({ from: event.currentTarget.value })}
            />
            <TextInput
              label="To"
              type="time"
              value={each.to}
              onChange={(event) => change({ to: event.currentTarget.value })}
            />
          </div>
        );
      })}
    </>
  );
}

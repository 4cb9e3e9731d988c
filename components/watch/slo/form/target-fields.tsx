import { NumberInput, Select, TextInput } from "@mantine/core";
import { complaintOf, type FieldsProps } from "./fields.ts";
import classes from "./slo-form.module.css";

const periods = [
  { group: "Rolling", items: ["7", "14", "28", "30", "90"].map((days) => ({ value: days, label: `${days} days` })) },
  {
    group: "Calendar-aligned",
    items: ["week", "month", "quarter"].map((unit) => ({ value: unit, label: unit })),
  },
];

/** Edits the target, the period and the budgeting method. */
export function TargetFields({ draft, change, complaints }: FieldsProps) {
  const isCalendar = Number.isNaN(Number(draft.period));
  return (
    <>
      <div className={classes.pair}>
        <NumberInput
          label="Target"
          suffix="%"
          decimalScale={5}
          max={100}
          min={0}
          value={draft.targetPercent}
          error={complaintOf(complaints, "definition.target")}
          onChange={(targetPercent) => change({ targetPercent })}
        />
        <Select
          label="Window"
          data={periods}
          value={draft.period}
          allowDeselect={false}
          error={complaintOf(complaints, "definition.period")}
          onChange={(period) => period && change({ period })}
        />
        {isCalendar && (
          <TextInput
            label="Time zone"
            value={draft.timeZone}
            error={complaintOf(complaints, "definition.period.timeZone")}
            onChange={(event) => change({ timeZone: event.currentTarget.value })}
          />
        )}
      </div>
      <div className={classes.pair}>
        <Select
          label="Budgeting method"
          data={[
            { value: "occurrences", label: "Occurrences: every event counts" },
            { value: "timeslices", label: "Time slices: each slice is good or bad" },
            { value: "ratio-timeslices", label: "Ratio time slices: each slice counts equally" },
          ]}
          value={draft.method}
          allowDeselect={false}
          onChange={(method) => method && change({ method: method as typeof draft.method })}
        />
        {draft.method !== "occurrences" && (
          <NumberInput
            label="Slice length"
            suffix=" min"
            min={1}
            max={1440}
            value={draft.sliceMinutes}
            error={complaintOf(complaints, "definition.budgeting.sliceMinutes")}
            onChange={(sliceMinutes) => change({ sliceMinutes })}
          />
        )}
        {draft.method === "timeslices" && (
          <NumberInput
            label="Slice target"
            suffix="%"
            min={0}
            max={100}
            value={draft.sliceTargetPercent}
            error={complaintOf(complaints, "definition.budgeting.sliceTarget")}
            onChange={(sliceTargetPercent) => change({ sliceTargetPercent })}
          />
        )}
      </div>
    </>
  );
}

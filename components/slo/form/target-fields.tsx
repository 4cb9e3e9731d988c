import { NumberInput, Select, TextInput } from "@mantine/core";
import { complaintOf, type FieldsProps } from "./fields.ts";
import classes from "./slo-form.module.css";

const periods = [
  { group: "Rolling", items: ["7", "14", "28", "30", "90"].map((days) => ({ value: days, label: `${days} days` })) },
  {
    group: "Starts afresh with each",
    items: ["week", "month", "quarter"].map((unit) => ({ value: unit, label: unit })),
  },
];

/** How much, over which time, and how it is reckoned. */
export function TargetFields({ draft, change, complaints }: FieldsProps) {
  const isCalendar = Number.isNaN(Number(draft.period));
  return (
    <>
      <div className={classes.pair}>
        <NumberInput
          label="Target"
          suffix=" %"
          decimalScale={5}
          max={100}
          min={0}
          value={draft.targetPercent}
          error={complaintOf(complaints, "definition.target")}
          onChange={(targetPercent) => change({ targetPercent })}
        />
        <Select
          label="Over"
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
          label="How it is reckoned"
          data={[
            { value: "occurrences", label: "Every event counts the same" },
            { value: "timeslices", label: "Slices of time are good or bad" },
            { value: "ratio-timeslices", label: "Slices of time count the same" },
          ]}
          value={draft.method}
          allowDeselect={false}
          onChange={(method) => method && change({ method: method as typeof draft.method })}
        />
        {draft.method !== "occurrences" && (
          <NumberInput
            label="A slice lasts"
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
            label="A slice is good from"
            suffix=" %"
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

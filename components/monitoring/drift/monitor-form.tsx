"use client";

import { Button, MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/identity/form-problem.tsx";
import classes from "#components/serving/settings/settings.module.css";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type MonitorSettings, type WindowLength, windowLengths } from "#server/monitoring/contract.ts";
import type { SetMonitor } from "#server/monitoring/settings/contract.ts";
import { ConsistencyFields } from "./consistency-fields.tsx";
import { LateFields } from "./late-fields.tsx";

interface MonitorFormProps {
  endpointId: string;
  settings: MonitorSettings;
  revision: number;
  /** Inputs of the version that serves, as suggestions. */
  inputs: string[];
  action: (input: SetMonitor) => Promise<ActionState<unknown>>;
  offBecause: string | undefined;
}

type Entry = string | number;
const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];
const fairnessMetrics = [
  { value: "accuracy", label: "Accuracy" },
  { value: "selectionRate", label: "Selection rate" },
  { value: "truePositiveRate", label: "True positive rate" },
  { value: "falsePositiveRate", label: "False positive rate" },
];
const numberOrNull = (entry: Entry) => (entry === "" ? null : Number(entry));

/** Days, or minutes where labels take less than one. */
function unitOf(maturityMs: number | null): { name: string; ms: number } {
  return maturityMs !== null && maturityMs < 86_400_000
    ? { name: "minutes", ms: 60_000 }
    : { name: "days", ms: 86_400_000 };
}

/** How an endpoint is watched. What it does not show stays as it is. */
export function MonitorForm({ endpointId, settings, revision, inputs, action, offBecause }: MonitorFormProps) {
  const { state, busy, run } = useAction(action);
  const refresh = useRefresh();
  const [wish, setWish] = useState(settings);
  const [reason, setReason] = useState("");
  const [percent, setPercent] = useState<Entry>(Number((settings.share * 100).toPrecision(6)));
  const [maturityUnit] = useState(unitOf(settings.maturityMs));
  const [maturity, setMaturity] = useState<Entry>(
    settings.maturityMs === null ? "" : settings.maturityMs / maturityUnit.ms,
  );
  const [tolerance, setTolerance] = useState<Entry>(settings.tolerance ?? "");
  const change = (some: Partial<MonitorSettings>) => setWish((before) => ({ ...before, ...some }));
  const common = { disabled: offBecause !== undefined, inputWrapperOrder: order };
  const errors = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const time = numberOrNull(maturity);
    const all = {
      ...{ ...wish, share: Number(percent) / 100, tolerance: numberOrNull(tolerance) },
      maturityMs: time === null ? null : Math.round(time * maturityUnit.ms),
    };
    run({ endpointId, settings: all, reason, revision }, () => {
      toast.done("Saved. Gateways follow within seconds; windows that were judged stay as they are.");
      setReason("");
      void refresh();
    });
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <Switch
        label="Watch this endpoint"
        checked={wish.isOn}
        disabled={common.disabled}
        onChange={(event) => change({ isOn: event.currentTarget.checked })}
      />
      <div className={classes.pair}>
        <NumberInput
          {...common}
          label="At most one false alarm in"
          description="Of the whole endpoint, on average: lines of all tests follow from it."
          suffix=" weeks"
          min={0.25}
          max={104}
          value={wish.weeksPerFalseAlarm}
          onChange={(value) => change({ weeksPerFalseAlarm: Number(value) })}
          error={errors["settings.weeksPerFalseAlarm"]}
        />
        <NumberInput
          {...common}
          label="Too small to matter"
          description="PSI net of noise; 0.01 is a shift of a tenth of a standard deviation."
          min={0}
          max={1}
          step={0.01}
          value={wish.materialityFloor}
          onChange={(value) => change({ materialityFloor: Number(value) })}
          error={errors["settings.materialityFloor"]}
        />
        <MultiSelect
          {...common}
          label="Windows"
          description="Each has its part of the promise; hours feed the drift budget."
          data={[...windowLengths]}
          value={wish.lengths}
          onChange={(value) => change({ lengths: value as WindowLength[] })}
          error={errors["settings.lengths"] ?? errors.lengths}
        />
        <NumberInput
          {...common}
          label="Requests counted"
          description="A share of all."
          suffix=" %"
          min={0}
          max={100}
          decimalScale={4}
          value={percent}
          onChange={setPercent}
          error={errors["settings.share"]}
        />
      </div>
      <Switch
        label="Promise a quiet period in 95 of 100 cases, not one alarm on average"
        checked={wish.isStrict}
        disabled={common.disabled}
        onChange={(event) => change({ isStrict: event.currentTarget.checked })}
      />
      <TagsInput
        {...common}
        label="Segments by"
        description="Inputs or tags whose values are counted apart, at most five; the first 20 values of each. Values that the reference has are judged against its rows of them; tags, which it has not, are counted and not judged for drift."
        data={inputs}
        maxTags={5}
        value={wish.segmentBy}
        onChange={(segmentBy) => change({ segmentBy })}
        error={errors["settings.segmentBy"] ?? errors.segmentBy}
      />
      <div className={classes.pair}>
        <TextInput
          {...common}
          label="Positive class"
          placeholder="the last of the model’s labels"
          value={wish.positiveClass ?? ""}
          onChange={(event) => change({ positiveClass: event.currentTarget.value || null })}
        />
        <NumberInput
          {...common}
          label="Positive from a score of"
          min={0}
          max={1}
          step={0.05}
          value={wish.cutOff}
          onChange={(value) => change({ cutOff: Number(value) })}
          error={errors["settings.cutOff"]}
        />
        <NumberInput
          {...common}
          label="Labels are complete after"
          placeholder="estimated"
          description="Empty estimates it from how labels came."
          suffix={` ${maturityUnit.name}`}
          min={0}
          value={maturity}
          onChange={setMaturity}
          error={errors["settings.maturityMs"]}
        />
        <NumberInput
          {...common}
          label="A number is right within"
          placeholder="none"
          description="For answers that are numbers."
          min={0}
          value={tolerance}
          onChange={setTolerance}
          error={errors["settings.tolerance"]}
        />
        <TagsInput
          {...common}
          label="Fairness between groups of"
          data={inputs}
          maxTags={5}
          value={wish.fairness.groupBy}
          onChange={(groupBy) => change({ fairness: { ...wish.fairness, groupBy } })}
        />
        <Select
          {...common}
          label="Fairness by"
          data={fairnessMetrics}
          allowDeselect={false}
          value={wish.fairness.metric}
          onChange={(metric) =>
            metric &&
            change({ fairness: { ...wish.fairness, metric: metric as MonitorSettings["fairness"]["metric"] } })
          }
        />
        <LateFields
          settings={wish.lateEvents}
          common={common}
          errors={errors}
          onChange={(lateEvents) => change({ lateEvents })}
        />
        <ConsistencyFields
          settings={wish.consistency}
          common={common}
          errors={errors}
          onChange={(consistency) => change({ consistency })}
        />
      </div>
      <Textarea
        {...common}
        label="Why"
        description="Written to the audit log."
        rows={2}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
      <div className={classes.line}>
        <Button type="submit" disabled={common.disabled} aria-disabled={busy}>
          {busy ? "Saving…" : "Save how it is watched"}
        </Button>
        {offBecause && <span className="lw-quiet">{offBecause}</span>}
      </div>
    </form>
  );
}

"use client";

import { Button, MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import classes from "#components/serve/endpoints/settings/settings.module.css";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { windowLengths } from "#server/watch/monitoring/constants.ts";
import type { MonitorSettings, WindowLength } from "#server/watch/monitoring/contract.ts";
import type { SetMonitor } from "#server/watch/monitoring/settings/contract.ts";
import { ConsistencyFields } from "./consistency-fields.tsx";
import { LateFields } from "./late-fields.tsx";

interface MonitorFormProps {
  endpointId: string;
  settings: MonitorSettings;
  revision: number;
  /** Inputs of the version that serves, as suggestions. */
  inputs: string[];
  action: (input: SetMonitor) => Promise<ActionState<unknown>>;
  disabledReason: string | undefined;
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

/** Returns the unit: days, or minutes if labels take less than one day. */
function unitOf(maturityMs: number | null): { name: string; ms: number } {
  return maturityMs !== null && maturityMs < 86_400_000
    ? { name: "minutes", ms: 60_000 }
    : { name: "days", ms: 86_400_000 };
}

/** Edits how an endpoint is monitored. Settings without a field keep their values. */
export function MonitorForm({ endpointId, settings, revision, inputs, action, disabledReason }: MonitorFormProps) {
  const { state, busy, run } = useAction(action);
  const refresh = useRefresh();
  const [request, setInput] = useState(settings);
  const [reason, setReason] = useState("");
  const [percent, setPercent] = useState<Entry>(Number((settings.share * 100).toPrecision(6)));
  const [maturityUnit] = useState(unitOf(settings.maturityMs));
  const [maturity, setMaturity] = useState<Entry>(
    settings.maturityMs === null ? "" : settings.maturityMs / maturityUnit.ms,
  );
  const [tolerance, setTolerance] = useState<Entry>(settings.tolerance ?? "");
  const change = (some: Partial<MonitorSettings>) => setInput((before) => ({ ...before, ...some }));
  const common = { disabled: disabledReason !== undefined, inputWrapperOrder: order };
  const errors = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const time = numberOrNull(maturity);
    const all = {
      ...request,
      share: Number(percent) / 100,
      tolerance: numberOrNull(tolerance),
      maturityMs: time === null ? null : Math.round(time * maturityUnit.ms),
    };
    run({ endpointId, settings: all, reason, revision }, () => {
      toast.done("Settings saved. Gateways apply them within seconds; past results do not change.");
      setReason("");
      void refresh();
    });
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <Switch
        label="Monitor this endpoint"
        checked={request.isOn}
        disabled={common.disabled}
        onChange={(event) => change({ isOn: event.currentTarget.checked })}
      />
      <div className={classes.pair}>
        <NumberInput
          {...common}
          label="At most one false alarm per"
          description="For the whole endpoint, on average; thresholds of all tests are derived from it."
          suffix=" weeks"
          min={0.25}
          max={104}
          value={request.weeksPerFalseAlarm}
          onChange={(value) => change({ weeksPerFalseAlarm: Number(value) })}
          error={errors["settings.weeksPerFalseAlarm"]}
        />
        <NumberInput
          {...common}
          label="Too small to matter"
          description="PSI above sampling noise; 0.01 corresponds to a shift of 0.1 standard deviations."
          min={0}
          max={1}
          step={0.01}
          value={request.materialityFloor}
          onChange={(value) => change({ materialityFloor: Number(value) })}
          error={errors["settings.materialityFloor"]}
        />
        <MultiSelect
          {...common}
          label="Windows"
          description="Each length gets its share of the false-alarm budget; hourly windows feed the drift SLO."
          data={[...windowLengths]}
          value={request.lengths}
          onChange={(value) => change({ lengths: value as WindowLength[] })}
          error={errors["settings.lengths"] ?? errors.lengths}
        />
        <NumberInput
          {...common}
          label="Sampling rate of monitoring"
          description="Share of all requests."
          suffix="%"
          min={0}
          max={100}
          decimalScale={4}
          value={percent}
          onChange={setPercent}
          error={errors["settings.share"]}
        />
      </div>
      <Switch
        label="Guarantee no false alarm in this period with 95% confidence, instead of one on average"
        checked={request.isStrict}
        disabled={common.disabled}
        onChange={(event) => change({ isStrict: event.currentTarget.checked })}
      />
      <TagsInput
        {...common}
        label="Segment by"
        description="Inputs or tags to segment by: at most five, with the first 20 values each. Values present in the reference are tested against its matching rows; tags have no reference, so they are counted but not tested for drift."
        data={inputs}
        maxTags={5}
        value={request.segmentBy}
        onChange={(segmentBy) => change({ segmentBy })}
        error={errors["settings.segmentBy"] ?? errors.segmentBy}
      />
      <div className={classes.pair}>
        <TextInput
          {...common}
          label="Positive class"
          placeholder="last of the model's labels"
          value={request.positiveClass ?? ""}
          onChange={(event) => change({ positiveClass: event.currentTarget.value || null })}
        />
        <NumberInput
          {...common}
          label="Decision threshold"
          min={0}
          max={1}
          step={0.05}
          value={request.cutOff}
          onChange={(value) => change({ cutOff: Number(value) })}
          error={errors["settings.cutOff"]}
        />
        <NumberInput
          {...common}
          label="Labels are complete after"
          placeholder="estimated"
          description="Leave empty to estimate it from label delays."
          suffix={` ${maturityUnit.name}`}
          min={0}
          value={maturity}
          onChange={setMaturity}
          error={errors["settings.maturityMs"]}
        />
        <NumberInput
          {...common}
          label="Numeric tolerance"
          placeholder="none"
          description="For regression models."
          min={0}
          value={tolerance}
          onChange={setTolerance}
          error={errors["settings.tolerance"]}
        />
        <TagsInput
          {...common}
          label="Protected attribute"
          data={inputs}
          maxTags={5}
          value={request.fairness.groupBy}
          onChange={(groupBy) => change({ fairness: { ...request.fairness, groupBy } })}
        />
        <Select
          {...common}
          label="Fairness metric"
          data={fairnessMetrics}
          allowDeselect={false}
          value={request.fairness.metric}
          onChange={(metric) =>
            metric &&
            change({ fairness: { ...request.fairness, metric: metric as MonitorSettings["fairness"]["metric"] } })
          }
        />
        <LateFields
          settings={request.lateEvents}
          common={common}
          errors={errors}
          onChange={(lateEvents) => change({ lateEvents })}
        />
        <ConsistencyFields
          settings={request.consistency}
          common={common}
          errors={errors}
          onChange={(consistency) => change({ consistency })}
        />
      </div>
      <Textarea
        {...common}
        label="Reason"
        description="Recorded in the audit log."
        rows={2}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.reason}
      />
      <div className={classes.line}>
        <Button type="submit" disabled={common.disabled} aria-disabled={busy}>
          {busy ? "Saving…" : "Save monitoring settings"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}

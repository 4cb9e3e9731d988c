"use client";

import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import classes from "./plan.module.css";
import type { PlanDraft } from "./plan-draft.ts";

interface PlanOptionsProps {
  draft: PlanDraft;
  onChange: (change: Partial<PlanDraft>) => void;
  errors: Record<string, string>;
}

/**
 * Edits the settings of the complete rollout: error rates, unit, threshold for slow requests, monitoring after the promotion, error budget.
 */
export function PlanOptions({ draft, onChange, errors }: PlanOptionsProps) {
  const number = { min: 0, decimalScale: 2, hideControls: true };
  return (
    <div className={classes.options}>
      <NumberInput
        {...number}
        label="False rollback rate, α"
        suffix="%"
        value={draft.alphaPercent}
        onChange={(alphaPercent) => onChange({ alphaPercent })}
        error={errors.alpha ?? errors.beta}
      />
      <NativeSelect
        label="Advance to the next step"
        data={[
          { value: "proved-safe", label: "when verdicts are in; otherwise hold" },
          { value: "no-harm-found", label: "when time is up and no regression was found" },
        ]}
        value={draft.advanceWhen}
        onChange={(event) => onChange({ advanceWhen: event.currentTarget.value as PlanDraft["advanceWhen"] })}
      />
      <NativeSelect
        label="Assign traffic by"
        data={[
          { value: "request", label: "request" },
          { value: "token", label: "token" },
          { value: "header", label: "value of a header" },
        ]}
        value={draft.unit}
        onChange={(event) => onChange({ unit: event.currentTarget.value as PlanDraft["unit"] })}
      />
      {draft.unit === "header" && (
        <TextInput
          label="Header"
          placeholder="x-user"
          value={draft.header}
          onChange={(event) => onChange({ header: event.currentTarget.value })}
          error={errors["unit.header"]}
        />
      )}
      <NumberInput
        {...number}
        label="Slow threshold"
        suffix=" ms"
        placeholder="p95 over the last day"
        value={draft.slowMs}
        onChange={(slowMs) => onChange({ slowMs })}
        error={errors.slowMs}
      />
      <NumberInput
        {...number}
        label="Monitor after promotion for"
        suffix=" min"
        value={draft.watchMinutes}
        onChange={(watchMinutes) => onChange({ watchMinutes })}
        error={errors["watch.seconds"]}
      />
      <NumberInput
        {...number}
        label="Shadow comparison during monitoring"
        suffix="%"
        max={100}
        value={draft.watchShadowPercent}
        onChange={(watchShadowPercent) => onChange({ watchShadowPercent })}
        error={errors["watch.shadowShare"]}
      />
      <NativeSelect
        label="Error budget"
        data={[
          { value: "respect", label: "pauses the rollout when it runs low" },
          { value: "ignore", label: "is ignored" },
        ]}
        value={draft.budget}
        onChange={(event) => onChange({ budget: event.currentTarget.value as PlanDraft["budget"] })}
      />
    </div>
  );
}

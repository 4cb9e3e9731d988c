"use client";

import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import classes from "./plan.module.css";
import type { PlanDraft } from "./plan-draft.ts";

interface PlanOptionsProps {
  draft: PlanDraft;
  onChange: (change: Partial<PlanDraft>) => void;
  errors: Record<string, string>;
}

/** What holds for the whole rollout: chances of error, what a unit is, what counts as slow, the watch after the promotion, the budget. */
export function PlanOptions({ draft, onChange, errors }: PlanOptionsProps) {
  const number = { min: 0, decimalScale: 2, hideControls: true };
  return (
    <div className={classes.options}>
      <NumberInput
        {...number}
        label="Chance of a wrong rollback, α"
        suffix=" %"
        value={draft.alphaPercent}
        onChange={(alphaPercent) => onChange({ alphaPercent })}
        error={errors.alpha ?? errors.beta}
      />
      <NativeSelect
        label="A step goes on when"
        data={[
          { value: "proved-safe", label: "it is proved; else it holds" },
          { value: "no-harm-found", label: "its time is over, no harm" },
        ]}
        value={draft.promoteWhen}
        onChange={(event) => onChange({ promoteWhen: event.currentTarget.value as PlanDraft["promoteWhen"] })}
      />
      <NativeSelect
        label="Assigned and counted by"
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
        label="Slow from"
        suffix=" ms"
        placeholder="p95 of the last day"
        value={draft.slowMs}
        onChange={(slowMs) => onChange({ slowMs })}
        error={errors.slowMs}
      />
      <NumberInput
        {...number}
        label="Watched after the promotion"
        suffix=" min"
        value={draft.watchMinutes}
        onChange={(watchMinutes) => onChange({ watchMinutes })}
        error={errors["watch.seconds"]}
      />
      <NumberInput
        {...number}
        label="Compared in shadow meanwhile"
        suffix=" %"
        max={100}
        value={draft.watchShadowPercent}
        onChange={(watchShadowPercent) => onChange({ watchShadowPercent })}
        error={errors["watch.shadowShare"]}
      />
      <NativeSelect
        label="Error budget"
        data={[
          { value: "respect", label: "makes it wait while little is left" },
          { value: "ignore", label: "is not looked at" },
        ]}
        value={draft.budget}
        onChange={(event) => onChange({ budget: event.currentTarget.value as PlanDraft["budget"] })}
      />
    </div>
  );
}

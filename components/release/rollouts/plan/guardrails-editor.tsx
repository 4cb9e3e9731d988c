"use client";

import { Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { FieldTable } from "#components/ui/field-table.tsx";
import { guardrailMetrics } from "#server/serve/rollout/plan/constants.ts";
import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import { metricLabels } from "../metric-labels.ts";
import classes from "./plan.module.css";
import { type GuardrailDraft, isProvable, newGuardrail } from "./plan-draft.ts";

const guardrailHeads = [
  "Guardrail",
  "Tolerated increase",
  "Required",
  "Safety margin",
  "Negligible below",
  "Absolute limit",
];

interface GuardrailsEditorProps {
  guardrails: readonly GuardrailDraft[];
  onChange: (guardrails: GuardrailDraft[]) => void;
  errors: Record<string, string>;
}

/** Renders the guardrails as a table of fields: the tolerance, whether a verdict is required, and the absolute limit. */
export function GuardrailsEditor({ guardrails, onChange, errors }: GuardrailsEditorProps) {
  const left = guardrailMetrics.filter((metric) => !guardrails.some((each) => each.metric === metric));
  return (
    <div className={classes.editor}>
      {errors.guardrails && <p className={classes.error}>{errors.guardrails}</p>}
      <FieldTable label="Guardrails" heads={guardrailHeads}>
        {guardrails.map((guardrail, index) => (
          <GuardrailRow
            guardrail={guardrail}
            index={index}
            errors={errors}
            canRemove={guardrails.length > 1}
            onChange={(change) =>
              onChange(guardrails.map((each) => (each === guardrail ? { ...each, ...change } : each)))
            }
            onRemove={() => onChange(guardrails.filter((each) => each !== guardrail))}
            key={guardrail.metric}
          />
        ))}
      </FieldTable>
      {left.length > 0 && (
        <NativeSelect
          aria-label="Add a guardrail"
          className={classes.add}
          data={[
            { value: "", label: "Add a guardrail" },
            ...left.map((metric) => ({ value: metric, label: metricLabels[metric].name })),
          ]}
          value=""
          onChange={({ currentTarget: { value } }) => {
            if (value) onChange([...guardrails, newGuardrail(value as GuardrailMetric)]);
          }}
        />
      )}
    </div>
  );
}

interface GuardrailRowProps {
  guardrail: GuardrailDraft;
  index: number;
  errors: Record<string, string>;
  canRemove: boolean;
  onChange: (change: Partial<GuardrailDraft>) => void;
  onRemove: () => void;
}

function GuardrailRow({ guardrail, index, errors, canRemove, onChange, onRemove }: GuardrailRowProps) {
  const { metric, requiresVerdict } = guardrail;
  const { name } = metricLabels[metric];
  const provable = isProvable(guardrail);
  const hasMargin = metric !== "disagreement" && metric !== "output-shift";
  const hasFloor = metric !== "cost" && metric !== "output-shift" && metric !== "conversions";
  const percent = (
    label: string,
    key: "marginPercent" | "safeMarginPercent" | "negligiblePercent" | "floorPercent",
    part: string,
    prefix: string,
  ) => (
    <NumberInput
      aria-label={`${label} of ${name}`}
      prefix={prefix}
      suffix="%"
      placeholder="none"
      min={0}
      decimalScale={2}
      hideControls
      value={guardrail[key]}
      onChange={(value) => onChange({ [key]: value })}
      error={errors[`guardrails.${index}.${part}`]}
    />
  );
  return (
    <tr>
      <th scope="row" title={metricLabels[metric].sentence}>
        {name}
        {metric === "conversions" && (
          <TextInput
            aria-label="Name of the business event"
            placeholder="event name"
            value={guardrail.event}
            onChange={(event) => onChange({ event: event.currentTarget.value })}
            error={errors[`guardrails.${index}.event`]}
          />
        )}
      </th>
      <td>
        {hasMargin && percent("Tolerated increase", "marginPercent", "margin", metric === "conversions" ? "−" : "+")}
      </td>
      <td>
        {provable ? (
          <Checkbox
            aria-label={`Require a verdict on ${name}`}
            checked={requiresVerdict}
            onChange={(event) => onChange({ requiresVerdict: event.currentTarget.checked })}
            error={errors[`guardrails.${index}.requiresVerdict`]}
          />
        ) : (
          <span className="lw-small lw-quiet">detects regressions only</span>
        )}
      </td>
      <td>{provable && requiresVerdict && percent("Safety margin", "safeMarginPercent", "safeMargin", "+")}</td>
      <td>
        {provable &&
          requiresVerdict &&
          metric !== "conversions" &&
          percent("Negligible share", "negligiblePercent", "negligible", "")}
      </td>
      <td>{hasFloor && percent("Absolute limit", "floorPercent", "floor", "")}</td>
      <td>
        {canRemove && (
          <button className={classes.remove} type="button" aria-label={`Remove ${name}`} onClick={onRemove}>
            <IconX size={14} stroke={1.8} aria-hidden="true" />
          </button>
        )}
      </td>
    </tr>
  );
}

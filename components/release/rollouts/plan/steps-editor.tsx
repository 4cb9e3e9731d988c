"use client";

import { Button, Checkbox, NumberInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { FieldTable } from "#components/ui/field-table.tsx";
import classes from "./plan.module.css";
import { nextStep, type StepDraft } from "./plan-draft.ts";

const stepHeads = ["Step", "Share", "Shadow", "At least", "At most", "Sample per arm", "Approval"];

interface StepsEditorProps {
  steps: readonly StepDraft[];
  onChange: (steps: StepDraft[]) => void;
  /** Error messages by path within the plan: "steps.0.weight". */
  errors: Record<string, string>;
}

/** Renders the steps as a table of fields: share, shadow, minimum and maximum time, units, approval. */
export function StepsEditor({ steps, onChange, errors }: StepsEditorProps) {
  const replace = (key: string, change: Partial<StepDraft>) =>
    onChange(steps.map((step) => (step.key === key ? { ...step, ...change } : step)));
  return (
    <div className={classes.editor}>
      {errors.steps && <p className={classes.error}>{errors.steps}</p>}
      <FieldTable label="Steps" heads={stepHeads}>
        {steps.map((step, index) => (
          <StepRow
            step={step}
            index={index}
            errors={errors}
            canRemove={steps.length > 1}
            onChange={(change) => replace(step.key, change)}
            onRemove={() => onChange(steps.filter(({ key }) => key !== step.key))}
            key={step.key}
          />
        ))}
      </FieldTable>
      {steps.length < 12 && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={13} stroke={1.9} aria-hidden="true" />}
          onClick={() => onChange([...steps, nextStep(steps)])}
        >
          Add step
        </Button>
      )}
    </div>
  );
}

interface StepRowProps {
  step: StepDraft;
  index: number;
  errors: Record<string, string>;
  canRemove: boolean;
  onChange: (change: Partial<StepDraft>) => void;
  onRemove: () => void;
}

function StepRow({ step, index, errors, canRemove, onChange, onRemove }: StepRowProps) {
  const name = `step ${index + 1}`;
  const field = (part: string, label: string, key: keyof StepDraft, suffix: string, most?: number) => (
    <td>
      <NumberInput
        aria-label={`${label} of ${name}`}
        suffix={suffix}
        min={0}
        {...(most !== undefined && { max: most })}
        decimalScale={2}
        hideControls
        value={step[key] as number | string}
        onChange={(value) => onChange({ [key]: value })}
        error={errors[`steps.${index}.${part}`]}
      />
    </td>
  );
  return (
    <tr>
      <th scope="row">{index + 1}</th>
      {field("weight", "Share", "weightPercent", "%", 100)}
      {field("shadowShare", "Shadow share", "shadowPercent", "%", 100)}
      {field("minSeconds", "Minimum duration", "minMinutes", " min")}
      {field("maxSeconds", "Maximum duration", "maxMinutes", " min")}
      {field("minUnits", "Sample size per arm", "minUnits", "")}
      <td>
        <Checkbox
          aria-label={`Require approval after ${name}`}
          checked={step.needsApproval}
          onChange={(event) => onChange({ needsApproval: event.currentTarget.checked })}
        />
      </td>
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

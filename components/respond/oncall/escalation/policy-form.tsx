"use client";

import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CreatePolicy, EscalationStep, Policy, Target } from "#server/respond/oncall/escalation/contract.ts";
import classes from "../schedules/schedule-form.module.css";

/** Everybody and everything that a step may tell: the value is a target as JSON. */
export type TargetChoices = { group: string; items: { value: string; label: string }[] }[];

interface PolicyFormProps {
  policy?: Policy | undefined;
  targets: TargetChoices;
  save: (input: CreatePolicy & { policyId?: string }) => Promise<ActionState<unknown>>;
  onDone: (name: string) => void;
}

const onCall = { kind: "team", teamId: null, who: "on-call" } as const;

/** Renders the steps with their minutes and notification targets. */
export function PolicyForm({ policy, targets, save, onDone }: PolicyFormProps) {
  const { state, busy, run } = useAction(save);
  const [name, setName] = useState(policy?.name ?? "");
  const [steps, setSteps] = useState<EscalationStep[]>(policy?.steps ?? [{ waitMinutes: 0, notify: [onCall] }]);
  const [repeats, setRepeats] = useState(policy?.repeats ?? 0);
  const complaints = state.fieldErrors ?? {};
  const change = (index: number, step: EscalationStep) =>
    setSteps(steps.map((each, at) => (at === index ? step : each)));
  const last = steps.at(-1)?.waitMinutes ?? 0;
  return (
    <form
      className={dialog.body}
      onSubmit={(event) => {
        event.preventDefault();
        run({ name, steps, repeats, ...(policy?.id && { policyId: policy.id }) }, () => onDone(name));
      }}
    >
      <FormProblem state={{ ...state, ...(complaints.steps && { error: complaints.steps }) }} />
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={complaints.name}
        data-autofocus
      />
      {steps.map((step, index) => (
        <StepFields
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have a place and no other identity
          key={index}
          step={step}
          index={index + 1}
          targets={targets}
          onChange={(changed) => change(index, changed)}
          onRemove={steps.length > 1 ? () => setSteps(steps.filter((_, at) => at !== index)) : undefined}
          complaint={Object.entries(complaints).find(([field]) => field.startsWith(`steps.${index}.`))?.[1]}
        />
      ))}
      <div className={classes.row}>
        <NumberInput
          label="Repeat the escalation"
          description="times"
          inputWrapperOrder={["label", "input", "description", "error"]}
          min={0}
          max={10}
          value={repeats}
          onChange={(value) => setRepeats(Number(value) || 0)}
        />
      </div>
      <div className={classes.foot}>
        <Button variant="default" onClick={() => setSteps([...steps, { waitMinutes: last + 5, notify: [onCall] }])}>
          Add step
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Save policy"}
        </Button>
      </div>
    </form>
  );
}

interface StepFieldsProps {
  step: EscalationStep;
  /** From 1. */
  index: number;
  targets: TargetChoices;
  onChange: (step: EscalationStep) => void;
  onRemove: (() => void) | undefined;
  complaint: string | undefined;
}

function StepFields({ step, index: position, targets, onChange, onRemove, complaint }: StepFieldsProps) {
  const set = (at: number, target: Target) =>
    onChange({ ...step, notify: step.notify.map((each, index) => (index === at ? target : each)) });
  return (
    <fieldset className={classes.layer}>
      <legend className="lw-hidden">{`Step ${position}`}</legend>
      <div className={classes.row}>
        <NumberInput
          label={`Step ${position}, wait`}
          suffix=" min"
          min={0}
          max={1440}
          value={step.waitMinutes}
          onChange={(value) => onChange({ ...step, waitMinutes: Number(value) || 0 })}
          error={complaint}
        />
        {onRemove && (
          <Button
            variant="default"
            className={classes.remove}
            onClick={onRemove}
            aria-label={`Remove step ${position}`}
          >
            Remove
          </Button>
        )}
      </div>
      {step.notify.map((target, index) => (
        <Select
          // biome-ignore lint/suspicious/noArrayIndexKey: targets have a place and no other identity
          key={index}
          label={index === 0 ? "Notify" : "And"}
          data={targets}
          value={JSON.stringify(target)}
          searchable
          allowDeselect={false}
          onChange={(value) => value && set(index, JSON.parse(value) as Target)}
        />
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => onChange({ ...step, notify: [...step.notify, onCall] })}>
          Notify someone else too
        </Button>
      </div>
    </fieldset>
  );
}

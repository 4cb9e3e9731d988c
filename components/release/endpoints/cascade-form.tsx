"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import classes from "#components/serve/endpoints/settings/settings.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Cascade } from "#server/serve/cascade/contract.ts";
import { addStep, type CascadeDraft, draftOf, parseQuery, removeStep, replaceStep } from "./cascade-draft.ts";
import { CascadeStepFields } from "./cascade-step-fields.tsx";

interface CascadeFormProps {
  cascade: Cascade;
  /** The version that is deployed; null while none is. */
  first: string | null;
  /** Outputs of the endpoint's model and models of the workspace, both as suggestions. */
  outputs: string[];
  models: string[];
  action: (cascade: Cascade) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

/** Edits the order of the versions in a cascade, and the conditions under which a request escalates. */
export function CascadeForm({ cascade, first, outputs, models, action, disabledReason }: CascadeFormProps) {
  const { state, busy, run } = useAction(action);
  const [draft, setDraft] = useState<CascadeDraft>(() => draftOf(cascade));
  const isOff = disabledReason !== undefined || first === null;
  const { steps, comparedPercent } = draft;
  const errors = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(parseQuery(draft), () => toast.done("Cascade saved. Gateways load the steps and switch over within seconds."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <p className="lw-small lw-quiet">
        Each step responds or escalates the request according to its rules. All steps share the endpoint's timeout. If a
        later step fails, the response of the previous step is returned. Requests that address a specific version bypass
        the cascade.
      </p>
      {steps.map((step, index) => (
        <CascadeStepFields
          // Steps have no names of their own until they are saved.
          key={step.key}
          step={step}
          index={index}
          models={models}
          outputs={outputs}
          isOff={isOff}
          errors={errors}
          title={index === 0 ? `Step 1: ${first ?? "nothing is deployed yet"}` : `Step ${index + 1}`}
          isLast={index === steps.length - 1}
          onChange={(change) => setDraft(replaceStep(draft, index, change))}
          onRemove={index === 0 ? undefined : () => setDraft(removeStep(draft, index))}
        />
      ))}
      {steps.length > 1 && (
        <NumberInput
          label="Compared"
          description="Share of requests that the first step could handle but that are also sent to the last step. They get the last step's response and measure how often both agree."
          suffix="%"
          min={0}
          max={100}
          decimalScale={3}
          hideControls
          disabled={isOff}
          value={comparedPercent}
          onChange={(value) => setDraft({ ...draft, comparedPercent: value })}
          error={errors["cascade.comparedShare"]}
        />
      )}
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save cascade"}
        </Button>
        {steps.length < 4 && (
          <Button variant="default" disabled={isOff} onClick={() => setDraft(addStep(draft))}>
            Add step
          </Button>
        )}
        {(disabledReason ?? (first === null ? "Deploy a version first." : undefined)) && (
          <span className="lw-quiet">{disabledReason ?? "Deploy a version first."}</span>
        )}
      </div>
    </form>
  );
}

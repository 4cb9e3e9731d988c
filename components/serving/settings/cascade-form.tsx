"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/identity/form-problem.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Cascade } from "#server/serving/cascade/contract.ts";
import { addStep, type CascadeDraft, draftOf, removeStep, replaceStep, wishOf } from "./cascade-draft.ts";
import { CascadeStepFields } from "./cascade-step-fields.tsx";
import classes from "./settings.module.css";

interface CascadeFormProps {
  cascade: Cascade;
  /** The version that is deployed; null while none is. */
  first: string | null;
  /** Its outputs, and the models of the workspace: suggestions. */
  outputs: string[];
  models: string[];
  action: (cascade: Cascade) => Promise<ActionState<unknown>>;
  /** Why it cannot be changed by the reader. */
  offBecause: string | undefined;
}

/** Which versions are asked one after the other, and what hands a request on. */
export function CascadeForm({ cascade, first, outputs, models, action, offBecause }: CascadeFormProps) {
  const { state, busy, run } = useAction(action);
  const [draft, setDraft] = useState<CascadeDraft>(() => draftOf(cascade));
  const isOff = offBecause !== undefined || first === null;
  const { steps, comparedPercent } = draft;
  const errors = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(wishOf(draft), () => toast.done("Saved. Gateways load the steps and follow within seconds."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <p className="lw-small lw-quiet">
        Each step answers, or hands the request on by its rules. All steps share the time limit of the endpoint. When a
        later step has no answer, the one before it is given. Requests that name a version in their address go to it
        alone.
      </p>
      {steps.map((step, place) => (
        <CascadeStepFields
          // Steps have no names of their own until they are saved.
          key={step.key}
          {...{ step, place, models, outputs, isOff, errors }}
          title={place === 0 ? `Step 1: ${first ?? "nothing is deployed yet"}` : `Step ${place + 1}`}
          isLast={place === steps.length - 1}
          onChange={(change) => setDraft(replaceStep(draft, place, change))}
          onRemove={place === 0 ? undefined : () => setDraft(removeStep(draft, place))}
        />
      ))}
      {steps.length > 1 && (
        <NumberInput
          label="Compared"
          description="Share of requests that the first step could answer, which go to the last one too. They get its answer, and tell how often both agree."
          suffix=" %"
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
          {busy ? "Saving…" : "Save the cascade"}
        </Button>
        {steps.length < 4 && (
          <Button variant="default" disabled={isOff} onClick={() => setDraft(addStep(draft))}>
            Add a step
          </Button>
        )}
        {(offBecause ?? (first === null ? "Deploy a version first." : undefined)) && (
          <span className="lw-quiet">{offBecause ?? "Deploy a version first."}</span>
        )}
      </div>
    </form>
  );
}

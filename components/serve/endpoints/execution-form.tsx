"use client";

import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ExecutionSettings, Isolation } from "#server/develop/registry/execution/contract.ts";
import { isolations, numberFields, readSizes } from "./execution-fields.ts";
import classes from "./execution-form.module.css";

/** Order of parts that aligns the fields of a row regardless of the length of their descriptions. */
const descriptionLast: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

interface ExecutionFormProps {
  endpointId: string;
  settings: ExecutionSettings;
  /** Reason why the user cannot change them. */
  why: string | undefined;
  save: (input: { endpointId: string; execution: ExecutionSettings }) => Promise<ActionState<unknown>>;
}

/** Edits how gateways run an endpoint's requests. */
export function ExecutionForm({ endpointId, settings, why, save }: ExecutionFormProps) {
  const { state, busy, run } = useAction(save);
  const [values, setValues] = useState(settings);
  const [sizes, setSizes] = useState(settings.preferredBatchSizes.join(", "));
  const isOff = why !== undefined;
  const complaint = (key: string) =>
    Object.entries(state.fieldErrors ?? {}).find(([path]) => path.startsWith(`execution.${key}`))?.[1];

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const execution = { ...values, preferredBatchSizes: readSizes(sizes) };
    run({ endpointId, execution }, () => toast.done("Settings saved. Gateways reload the version, then switch over."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.fields}>
        {numberFields.map(({ key, ...field }) => (
          <NumberInput
            {...field}
            key={key}
            allowDecimal={false}
            thousandSeparator=","
            hideControls
            inputWrapperOrder={descriptionLast}
            disabled={isOff}
            value={values[key]}
            onChange={(value) => setValues({ ...values, [key]: Number(value) })}
            error={complaint(key)}
          />
        ))}
        <TextInput
          label="Preferred batch sizes"
          description="A batch is run immediately when it reaches one of these sizes, for example 8, 16. Most models need none."
          inputWrapperOrder={descriptionLast}
          disabled={isOff}
          value={sizes}
          onChange={(event) => setSizes(event.currentTarget.value)}
          error={complaint("preferredBatchSizes")}
        />
        <NativeSelect
          label="Isolation"
          description="A separate process can crash or hang without affecting other models; threads are faster."
          inputWrapperOrder={descriptionLast}
          disabled={isOff}
          data={[...isolations]}
          value={values.isolation}
          onChange={(event) => setValues({ ...values, isolation: event.currentTarget.value as Isolation })}
        />
      </div>
      <div className={classes.line}>
        <Button type="submit" variant="default" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save settings"}
        </Button>
        {why && <span className="lw-quiet">{why}</span>}
      </div>
    </form>
  );
}

"use client";

import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { fieldTypes } from "#server/serve/protection/constants.ts";
import type { FieldContract, FieldPolicy } from "#server/serve/protection/contract.ts";
import { type FieldDraft, readDraft, startDraft } from "./field-draft.ts";
import classes from "./settings.module.css";

interface FieldDialogProps {
  /** Undefined for a new one. */
  field: FieldContract | undefined;
  inputs: TensorSpec[];
  /** Prefix of the keys of this field's error messages in the response. */
  path: string;
  save: (field: FieldContract) => Promise<ActionState<unknown>>;
  onDone: () => void;
}

const policies: { value: FieldPolicy; label: string }[] = [
  { value: "reject", label: "reject the request" },
  { value: "clip", label: "clip or replace the value" },
  { value: "flag", label: "allow, but flag" },
];

/** Edits the constraints of one field, and how values that violate them are handled. */
export function FieldDialog({ field, inputs, path, save, onDone }: FieldDialogProps) {
  const { state, busy, run } = useAction(save);
  const [draft, setDraft] = useState<FieldDraft>(() => startDraft(field, inputs));
  const set = (change: Partial<FieldDraft>) => setDraft((before) => ({ ...before, ...change }));
  const problem = (key: keyof FieldContract) => state.fieldErrors?.[`${path}.${key}`];
  const policy = (key: "onOutside" | "onMissing" | "onNotFinite", label: string) => (
    <Select
      label={label}
      data={policies}
      value={draft[key]}
      onChange={(value) => set({ [key]: value as FieldPolicy })}
      allowDeselect={false}
      error={problem(key)}
    />
  );
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(readDraft(draft), onDone);
  }
  const names = [...new Set([...inputs.map(({ name }) => name), ...(field ? [field.input] : [])])];
  const overlap = state.fieldErrors?.["protection.fields"];
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={overlap ? { ok: false, error: overlap } : state} />
      <div className={classes.pair}>
        <Select
          label="Input"
          data={names}
          value={draft.input}
          onChange={(input) => set({ input: input ?? "" })}
          allowDeselect={false}
          error={problem("input")}
        />
        <NumberInput
          label="Column"
          placeholder="all"
          description="Index in the last dimension, starting at 0."
          inputWrapperOrder={["label", "input", "description", "error"]}
          min={0}
          allowDecimal={false}
          hideControls
          value={draft.column}
          onChange={(column) => set({ column })}
          error={problem("column")}
        />
        <TextInput
          label="Name"
          placeholder={draft.input}
          description="Shown in errors and metrics."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={problem("name")}
        />
        <Select
          label="Type"
          data={[
            { value: "", label: "from the signature" },
            ...fieldTypes.map((type) => ({ value: type, label: type })),
          ]}
          value={draft.type}
          onChange={(type) => set({ type: type as FieldDraft["type"] })}
          allowDeselect={false}
        />
        <NumberInput
          label="Minimum"
          placeholder="none"
          hideControls
          value={draft.minimum}
          onChange={(minimum) => set({ minimum })}
          error={problem("minimum")}
        />
        <NumberInput
          label="Maximum"
          placeholder="none"
          hideControls
          value={draft.maximum}
          onChange={(maximum) => set({ maximum })}
          error={problem("maximum")}
        />
      </div>
      <TextInput
        label="Allowed values"
        placeholder="any"
        description="Comma-separated list of allowed values."
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={draft.levels}
        onChange={(event) => set({ levels: event.currentTarget.value })}
        error={problem("levels")}
      />
      <div className={classes.pair}>
        {policy("onOutside", "Wrong type, out of range or unknown value")}
        {policy("onMissing", "Missing")}
        {policy("onNotFinite", "NaN or infinite")}
        <TextInput
          label="Fallback"
          placeholder="none"
          description="Used when a value cannot be clipped."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={draft.fallback}
          onChange={(event) => set({ fallback: event.currentTarget.value })}
          error={problem("fallback")}
        />
      </div>
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Save field"}
        </Button>
      </div>
    </form>
  );
}

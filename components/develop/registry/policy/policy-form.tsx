"use client";

import { Button, Checkbox, NativeSelect, TagsInput, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { type Policy, requirements } from "#server/develop/registry/policy/contract.ts";
import type { GateSet } from "./evaluation-gate-draft.ts";
import classes from "./policy.module.css";
import { PolicyGates } from "./policy-gates.tsx";
import { requirementTitles } from "./policy-text.ts";

interface PolicyFormProps {
  policy: Policy;
  /** Frozen sets that gates may be on. */
  sets: readonly GateSet[];
  /** Complaints of the last try. */
  state: ActionState;
  busy: boolean;
  onSave: (policy: Policy, reason: string) => void;
  /** Resets to the workspace's policy; undefined if the model has no policy of its own. */
  onFollow?: ((reason: string) => void) | undefined;
}

type Enforce = Policy["enforce"];
const off = { value: "off", label: "Always" };
const metadata = { value: "metadata", label: "With all required metadata" };
const gates = { value: "gates", label: "With all required metadata and all gates passed" };

/** Edits all settings of a policy and asks for the reason of the change. */
export function PolicyForm({ policy, sets, state, busy, onSave, onFollow }: PolicyFormProps) {
  const [draft, setDraft] = useState(policy);
  const [reason, setReason] = useState("");
  const set = (change: Partial<Policy>) => setDraft({ ...draft, ...change });
  const enforce = (change: Partial<Enforce>) => set({ enforce: { ...draft.enforce, ...change } });
  const complaints = Object.values(state.fieldErrors ?? {});

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft, reason);
      }}
    >
      <FormProblem state={complaints.length > 0 ? { ok: false, error: complaints.join(" ") } : state} />
      <TagsInput
        label="Protected aliases"
        description="Can only be changed by an approved promotion request, or by an operator with a reason."
        placeholder="champion"
        value={draft.protectedAliases}
        onChange={(protectedAliases) => set({ protectedAliases })}
        data-autofocus
      />
      <Checkbox.Group
        label="Required metadata"
        value={draft.required.items}
        onChange={(items) => set({ required: { ...draft.required, items: items as Policy["required"]["items"] } })}
      >
        <div className={classes.choices}>
          {requirements.map((item) => (
            <Checkbox value={item} label={requirementTitles[item]} key={item} />
          ))}
        </div>
      </Checkbox.Group>
      <TagsInput
        label="Required metrics"
        placeholder="val_accuracy"
        value={draft.required.metrics}
        onChange={(names) => set({ required: { ...draft.required, metrics: names } })}
      />
      <PolicyGates gates={draft.gates} sets={sets} onChange={(list) => set({ gates: list })} />
      <fieldset className={classes.group}>
        <legend>Allowed</legend>
        <div className={classes.three}>
          <NativeSelect
            label="To request promotion"
            data={[off, metadata]}
            value={draft.enforce.request}
            onChange={(event) => enforce({ request: event.currentTarget.value as Enforce["request"] })}
          />
          <NativeSelect
            label="To move an alias"
            data={[off, metadata]}
            value={draft.enforce.aliasMove}
            onChange={(event) => enforce({ aliasMove: event.currentTarget.value as Enforce["aliasMove"] })}
          />
          <NativeSelect
            label="To deploy"
            data={[off, metadata, gates]}
            value={draft.enforce.deploy}
            onChange={(event) => enforce({ deploy: event.currentTarget.value as Enforce["deploy"] })}
          />
        </div>
      </fieldset>
      <Textarea label="Reason" rows={2} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <div className={classes.buttons}>
        {onFollow && (
          <Button variant="default" aria-disabled={busy} onClick={() => onFollow(reason)}>
            Use workspace policy
          </Button>
        )}
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Save policy"}
        </Button>
      </div>
    </form>
  );
}

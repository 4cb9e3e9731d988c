"use client";

import { Button, Checkbox, MultiSelect, Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { scopeMeanings } from "#server/platform/identity/constants.ts";
import type { CreateToken, NewToken, Scope } from "#server/platform/identity/contract.ts";

interface NewTokenFormProps {
  action: (input: CreateToken) => Promise<ActionState<NewToken>>;
  /** Names that a token can be limited to. */
  endpoints: string[];
  /** Service account for which to create the token, instead of the reader. */
  owner: { id: string; name: string } | undefined;
  onDone: (token: NewToken) => void;
}

const lifetimes = [
  { value: "30", label: "in 30 days" },
  { value: "90", label: "in 90 days" },
  { value: "365", label: "in a year" },
  { value: "never", label: "never" },
];

const usual: Scope[] = ["read", "tracking", "registry"];

/** Renders the name, scopes and lifetime of a new token as a form. */
export function NewTokenForm({ action, endpoints, owner, onDone }: NewTokenFormProps) {
  const { state, busy, run } = useAction(action);
  const [scopes, setScopes] = useState<Scope[]>(usual);
  const [limitedTo, setLimitedTo] = useState<string[]>([]);
  const [lifetime, setLifetime] = useState("90");

  // Only people manage people.
  const offered = Object.entries(scopeMeanings).filter(([scope]) => !owner || scope !== "users");

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    const limit = limitedTo.length > 0 ? { endpoints: limitedTo } : {};
    const account = owner && { ownerId: owner.id };
    run(
      { name, scopes, ...account, ...limit, ...(lifetime !== "never" && { expiresInDays: Number(lifetime) }) },
      onDone,
    );
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        description="What will use this token, so you know what breaks when you revoke it."
        inputWrapperOrder={["label", "input", "description", "error"]}
        name="name"
        required
        withAsterisk={false}
        data-autofocus
        error={state.fieldErrors?.name}
      />
      <Checkbox.Group
        label="Scopes"
        value={scopes}
        onChange={(chosen) => setScopes(chosen as Scope[])}
        error={state.fieldErrors?.scopes}
      >
        <div className={classes.choice}>
          {offered.map(([scope, meaning]) => (
            <Checkbox key={scope} value={scope} label={scope} description={meaning} size="xs" />
          ))}
        </div>
      </Checkbox.Group>
      {endpoints.length > 0 && (
        <MultiSelect
          label="Endpoints"
          placeholder={limitedTo.length === 0 ? "all" : ""}
          data={endpoints}
          value={limitedTo}
          onChange={setLimitedTo}
          searchable
          error={state.fieldErrors?.endpoints}
        />
      )}
      <Select
        label="Expires"
        data={lifetimes}
        value={lifetime}
        onChange={(value) => setLifetime(value ?? "90")}
        allowDeselect={false}
        checkIconPosition="right"
      />
      <p className="lw-small lw-quiet">
        {owner
          ? `The token acts as ${owner.name}, with at most the role of that account.`
          : "A token acts on your behalf, with at most your role at the time it is used."}
      </p>
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Creating…" : "Create token"}
        </Button>
      </div>
    </form>
  );
}

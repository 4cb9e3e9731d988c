"use client";

import { Button, PasswordInput, TagsInput, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type CreateWebhook, usualEvents, type Webhook } from "#server/platform/webhooks/contract.ts";

interface WebhookFormProps {
  /** Webhook to edit; without it, the form creates a new one. */
  webhook?: Webhook;
  action: (input: CreateWebhook) => Promise<ActionState<Webhook>>;
  onDone: (webhook: Webhook) => void;
}

const words = new Map<string, string>(usualEvents.map(({ event, words }) => [event, words]));
const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];

/** Renders the name, address, events and secret of a webhook as a form. */
export function WebhookForm({ webhook, action, onDone }: WebhookFormProps) {
  const { state, busy, run } = useAction(action);
  const [events, setEvents] = useState<string[]>(webhook?.events ?? ["model_version.created"]);
  const complaints = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const field = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "");
    const [name, url, description, secret] = ["name", "url", "description", "secret"].map(field);
    run(
      { name: name ?? "", url: url ?? "", description: description ?? "", events, secret: secret || undefined },
      onDone,
    );
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        name="name"
        defaultValue={webhook?.name}
        description="Letters, digits, dots, hyphens and underscores."
        inputWrapperOrder={order}
        error={complaints.name}
        data-autofocus
      />
      <TextInput
        label="Address"
        name="url"
        type="url"
        defaultValue={webhook?.url}
        placeholder="https://ci.example.org/hooks/leeway"
        error={complaints.url}
      />
      <TagsInput
        label="Events"
        description="Select an event, or enter a pattern from the audit log, such as “endpoint.*”."
        inputWrapperOrder={order}
        data={[...words.keys()]}
        renderOption={({ option }) => (
          <span>
            <code>{option.value}</code> <span className="lw-quiet">{words.get(option.value)}</span>
          </span>
        )}
        value={events}
        onChange={setEvents}
        error={complaints.events ?? Object.entries(complaints).find(([name]) => name.startsWith("events."))?.[1]}
      />
      <PasswordInput
        label="Secret"
        name="secret"
        autoComplete="off"
        description={
          webhook?.isSigned
            ? "Leave empty to keep the current secret. After a change, the old secret also signs for one day."
            : "Signs every delivery so that the receiver can verify it comes from Leeway."
        }
        inputWrapperOrder={order}
        error={complaints.secret}
      />
      <Textarea label="Description" name="description" rows={2} defaultValue={webhook?.description} />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : webhook ? "Save" : "Create webhook"}
        </Button>
      </div>
    </form>
  );
}

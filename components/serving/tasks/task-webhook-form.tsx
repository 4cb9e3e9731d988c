"use client";

import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/identity/form-problem.tsx";
import { ShownOnce } from "#components/identity/shown-once.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { NewTaskWebhook, TaskWebhook } from "#server/webhooks/callbacks/contract.ts";
import classes from "../settings/settings.module.css";

interface TaskWebhookFormProps {
  webhook: TaskWebhook;
  action: (wish: { url: string | null; renewsSecret: boolean }) => Promise<ActionState<NewTaskWebhook>>;
  /** Why it cannot be changed by the reader. */
  offBecause: string | undefined;
}

/** Where the ends of tasks are told, and the secret that signs it, shown at the moment at which it is made. */
export function TaskWebhookForm({ webhook, action, offBecause }: TaskWebhookFormProps) {
  const { state, busy, run } = useAction(action);
  const [url, setUrl] = useState(webhook.url ?? "");
  const [secret, setSecret] = useState<string>();
  const isOff = offBecause !== undefined;

  function save(renewsSecret: boolean) {
    run({ url: url.trim() || null, renewsSecret }, (made) => {
      if (made.secret) setSecret(made.secret);
      else toast.done("The address was saved.");
    });
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save(false);
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Address"
        placeholder="none"
        description="Of tasks that name none by the header Leeway-Webhook-Url."
        inputWrapperOrder={["label", "input", "description", "error"]}
        disabled={isOff}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={state.fieldErrors?.url}
      />
      <p className="lw-small lw-quiet">
        {webhook.isSigned
          ? "Every delivery is signed by the endpoint’s secret. After a change the old one signs too, for a day."
          : "The first save makes the secret that signs every delivery. Until then no task may name an address."}
      </p>
      <div className={classes.line}>
        <Button type="submit" disabled={isOff} aria-disabled={busy}>
          {webhook.isSigned ? "Save address" : "Save and make a secret"}
        </Button>
        {webhook.isSigned && (
          <Button variant="default" disabled={isOff} aria-disabled={busy} onClick={() => save(true)}>
            New secret
          </Button>
        )}
        {offBecause && <span className="lw-quiet">{offBecause}</span>}
      </div>
      <ShownOnce
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title="The secret of this endpoint’s webhooks"
        examples={[{ label: "Secret", code: secret ?? "" }]}
        doneLabel="I have copied the secret"
      >
        It is not shown again. How a receiver checks a signature stands in the inference API’s document, under
        /v2/openapi.json.
      </ShownOnce>
    </form>
  );
}

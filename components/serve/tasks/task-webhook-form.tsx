"use client";

import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { ShownOnce } from "#components/platform/identity/shown-once.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { NewTaskWebhook, TaskWebhook } from "#server/serve/tasks/callbacks/contract.ts";
import classes from "../endpoints/settings/settings.module.css";

interface TaskWebhookFormProps {
  webhook: TaskWebhook;
  action: (input: { url: string | null; renewsSecret: boolean }) => Promise<ActionState<NewTaskWebhook>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

/** Edits the URL notified when tasks end, and the signing secret, which is shown only when it is created. */
export function TaskWebhookForm({ webhook, action, disabledReason }: TaskWebhookFormProps) {
  const { state, busy, run } = useAction(action);
  const [url, setUrl] = useState(webhook.url ?? "");
  const [secret, setSecret] = useState<string>();
  const isOff = disabledReason !== undefined;

  function save(renewsSecret: boolean) {
    run({ url: url.trim() || null, renewsSecret }, (made) => {
      if (made.secret) setSecret(made.secret);
      else toast.done("Webhook URL saved.");
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
        description="For tasks without a Leeway-Webhook-Url header."
        inputWrapperOrder={["label", "input", "description", "error"]}
        disabled={isOff}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={state.fieldErrors?.url}
      />
      <p className="lw-small lw-quiet">
        {webhook.isSigned
          ? "Every delivery is signed with the endpoint's secret. After a change, the old secret also signs for one day."
          : "Saving for the first time generates the secret that signs every delivery. Until then, tasks cannot specify a webhook."}
      </p>
      <div className={classes.line}>
        <Button type="submit" disabled={isOff} aria-disabled={busy}>
          {webhook.isSigned ? "Save URL" : "Save and generate secret"}
        </Button>
        {webhook.isSigned && (
          <Button variant="default" disabled={isOff} aria-disabled={busy} onClick={() => save(true)}>
            Rotate secret
          </Button>
        )}
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
      <ShownOnce
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title="Webhook secret of this endpoint"
        examples={[{ label: "Secret", code: secret ?? "" }]}
        doneLabel="I have copied the secret"
      >
        It will not be shown again. The inference API reference at /v2/openapi.json explains how to verify signatures.
      </ShownOnce>
    </form>
  );
}

"use client";

import { Button, Modal, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type KeyboardEvent, type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  DefineFeatureConnection,
  FeatureConnection,
} from "#server/develop/features/sources/connections/contract.ts";

interface ConnectionDialogProps {
  /** Connection to edit; without it, the dialog creates one. */
  connection?: Pick<FeatureConnection, "name" | "description" | "address" | "hasSecret">;
  save: (input: DefineFeatureConnection & { isNew: boolean }) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Renders the button and the dialog that create or edit a connection to a database. */
export function ConnectionDialog(props: ConnectionDialogProps) {
  const { connection, why } = props;
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        {...(connection && { "aria-label": `Edit connection ${connection.name}` })}
        {...(!connection && { leftSection: <IconPlus size={13} stroke={1.9} aria-hidden="true" /> })}
        disabled={why !== undefined}
        title={why}
        onClick={() => setOpened(true)}
      >
        {connection ? "Edit…" : "Create connection…"}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={connection ? `Edit connection ${connection.name}` : "New connection"}
        size={560}
        yOffset="8vh"
      >
        {opened && <ConnectionForm {...props} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

const form = "postgresql://user:password@host:5432/database?sslmode=verify-full";

function ConnectionForm({ connection, save, onDone }: ConnectionDialogProps & { onDone: () => void }) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(save);
  const [name, setName] = useState(connection?.name ?? "");
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState(connection?.description ?? "");
  const complaints = state.fieldErrors ?? {};
  const isRetained = connection?.hasSecret === true;

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    const given = url.trim();
    const input = { name: name.trim(), description: description.trim(), ...(given !== "" && { url: given }) };
    run({ ...input, isNew: !connection }, () => {
      toast.done(`Connection ${input.name} saved.`);
      onDone();
      void refresh();
    });
  }
  function submitByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  }

  return (
    <form className={dialog.body} onSubmit={submit} onKeyDown={submitByKey} noValidate>
      <FormProblem state={state} />
      {!connection && (
        <TextInput
          label="Name"
          description="SQL sources refer to the connection by this name."
          placeholder="warehouse"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={complaints.name}
          autoComplete="off"
          data-autofocus
        />
      )}
      <PasswordInput
        label="URL"
        description={isRetained ? `Leave empty to keep the stored one, ${connection.address}.` : form}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={complaints.url}
        autoComplete="off"
        {...(connection && { "data-autofocus": true })}
      />
      <p className="lw-small lw-quiet">
        Leeway connects before it saves a URL, stores it encrypted, and never shows it again. Use a database user that
        can only read.
      </p>
      <Textarea
        label="Description"
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        error={complaints.description}
      />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Connecting…" : connection ? "Save connection" : "Create connection"}
        </Button>
      </div>
    </form>
  );
}

"use client";

import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState, useTransition } from "react";
import classes from "../small-form.module.css";

interface ViewNameDialogProps {
  title: string;
  opened: boolean;
  /** The name so far. */
  name?: string | undefined;
  /** Whether to offer that only the owner sees it. */
  canBeOwn?: boolean;
  onClose: () => void;
  /** Its result is shown as the error and keeps the dialog open. */
  onConfirm: (result: { name: string; isOwn: boolean }) => Promise<string | undefined>;
}

/** Asks for the name of a view. */
export function ViewNameDialog({ title, opened, onClose, ...form }: ViewNameDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={420} yOffset="14vh">
      {opened && <NameForm {...form} />}
    </Modal>
  );
}

function NameForm({ name = "", canBeOwn, onConfirm }: Pick<ViewNameDialogProps, "name" | "canBeOwn" | "onConfirm">) {
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    start(async () => setError(await onConfirm({ name: String(form.get("name")), isOwn: form.has("own") })));
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput name="name" label="Name" defaultValue={name} required maxLength={80} data-autofocus error={error} />
      {canBeOwn && <Checkbox size="xs" name="own" label="Only visible to me" />}
      <Button type="submit" aria-disabled={busy}>
        {busy ? "Saving…" : "Save"}
      </Button>
    </form>
  );
}

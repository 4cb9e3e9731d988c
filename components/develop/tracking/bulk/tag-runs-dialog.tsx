"use client";

import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState, useTransition } from "react";
import { plural } from "#components/ui/format.ts";
import classes from "../small-form.module.css";

interface TagRunsDialogProps {
  opened: boolean;
  count: number;
  onClose: () => void;
  /** Its result is shown as the error and keeps the dialog open. */
  onConfirm: (tag: { key: string; value: string }) => Promise<string | undefined>;
}

/** Sets one tag of many runs. */
export function TagRunsDialog({ opened, count, onClose, onConfirm }: TagRunsDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Tag ${plural(count, "run")}`} size={420} yOffset="14vh">
      {opened && <TagForm count={count} onConfirm={onConfirm} />}
    </Modal>
  );
}

function TagForm({ count, onConfirm }: Pick<TagRunsDialogProps, "count" | "onConfirm">) {
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    start(async () => setError(await onConfirm({ key: String(form.get("key")), value: String(form.get("value")) })));
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput name="key" label="Tag" placeholder="team" required maxLength={250} data-autofocus />
      <TextInput
        name="value"
        label="Value"
        placeholder="depots"
        description="Overwrites the value on runs that already have this tag."
      />
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <Button type="submit" aria-disabled={busy}>
        {busy ? "Tagging…" : `Tag ${plural(count, "run")}`}
      </Button>
    </form>
  );
}

"use client";

import { Button, Modal, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { trimOf } from "#server/base/text/trim-of.ts";
import type { CreateWorkspace, OwnWorkspace } from "#server/platform/identity/contract.ts";

type Create = (input: CreateWorkspace) => Promise<ActionState<OwnWorkspace>>;

/** Renders the button and dialog that create a workspace and then open it. */
export function NewWorkspace({ action }: { action: Create }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Create workspace…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Create workspace" size={480} yOffset="14vh">
        <Form action={action} />
      </Modal>
    </>
  );
}

function Form({ action }: { action: Create }) {
  const { state, busy, run } = useAction(action);
  const [name, setName] = useState("");
  const [ownSlug, setOwnSlug] = useState<string>();
  const slug = ownSlug ?? slugOf(name);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ name, slug }, (made) => window.location.assign(`/w/${made.slug}/settings/people`));
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        required
        withAsterisk={false}
        data-autofocus
        error={state.fieldErrors?.name}
      />
      <TextInput
        label="URL slug"
        description={`API clients use /w/${slug || "…"}. It cannot be changed later.`}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={slug}
        onChange={(event) => setOwnSlug(event.currentTarget.value)}
        required
        withAsterisk={false}
        error={state.fieldErrors?.slug}
      />
      <p className="lw-small lw-quiet">
        Workspaces share nothing: each has its own people, tokens, experiments, models and endpoints. You become its
        admin and can add others.
      </p>
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Creating…" : "Create workspace"}
        </Button>
      </div>
    </form>
  );
}

function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(/[\u0300-\u036f]/g, "");
  return trimOf(plain.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"), "-").slice(0, 63);
}

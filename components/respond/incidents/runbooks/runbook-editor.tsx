"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { runbookHref } from "#components/respond/incidents/addresses.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import {
  type ArchiveRunbook,
  type Runbook,
  runbookVariables,
  withoutMoments,
} from "#server/respond/incidents/runbooks/contract.ts";
import classes from "./runbooks.module.css";

interface RunbookEditorProps {
  /** Runbook to edit; without it, the editor creates a new one. */
  runbook?: Runbook;
  save: (input: { name: string; body: string; revision: number }) => Promise<ActionState<{ id: string }>>;
  archive?: (input: ArchiveRunbook) => Promise<ActionState<unknown>>;
  actorName: string;
}

const started =
  "What this runbook is for, in one sentence.\n\n## First\n- [ ] Acknowledge: press **A** on /on-call {{when:acknowledged}}\n- [ ] Check [the endpoint](/endpoints/{{endpoint}})\n";

/** Renders Markdown on the left and its preview on the right; variables and moments are explained below. */
export function RunbookEditor({ runbook, save, archive, actorName }: RunbookEditorProps) {
  const router = useRouter();
  const [name, setName] = useState(runbook?.name ?? "");
  const [body, setBody] = useState(runbook?.body ?? started);
  const { state, busy, run } = useAction(save);
  const complaints = state.fieldErrors ?? {};
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        run({ name, body, revision: runbook?.revision ?? 0 }, ({ id }) => {
          toast.done("Runbook saved.");
          router.push(runbookHref(id));
          router.refresh();
        });
      }}
    >
      <div className={classes.form}>
        <TextInput
          label="Name"
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
          error={complaints.name ?? (state.fieldErrors ? undefined : state.error)}
        />
        <Textarea
          label="Markdown"
          rows={26}
          value={body}
          maxLength={50_000}
          onChange={(event) => setBody(event.currentTarget.value)}
          error={complaints.body}
        />
        <p className="lw-small lw-quiet">
          Variables: {runbookVariables.map((each) => `{{${each}}}`).join(" ")}. A step that ends with{" "}
          {"{{when:rolled-back}}"}, or acknowledged, silenced, mitigated, resolved or cause-found, is completed
          automatically.
        </p>
        <div className={classes.buttons}>
          <Button type="submit" aria-disabled={busy}>
            {busy ? "Saving…" : "Save"}
          </Button>
          {runbook && archive && <Archive runbook={runbook} archive={archive} actorName={actorName} />}
        </div>
      </div>
      <section aria-label="Preview" data-prose>
        <Markdown>{withoutMoments(body)}</Markdown>
      </section>
    </form>
  );
}

interface ArchiveProps extends Required<Pick<RunbookEditorProps, "archive" | "actorName">> {
  runbook: Runbook;
}

function Archive({ runbook, archive, actorName }: ArchiveProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Archive…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Archive ${runbook.name}?`}
        consequences={[{ label: "Kept", value: "completed steps, and all revisions in the audit log" }]}
        reasons={["Replaced", "Outdated"]}
        confirmLabel="Archive"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={async (reason) => {
          const result = await archive({ runbookId: runbook.id, reason });
          if (!result.ok) return result.error ?? "The change was not saved.";
          toast.done(`${runbook.name} archived.`);
          router.push("/incidents/runbooks");
          return undefined;
        }}
      />
    </>
  );
}

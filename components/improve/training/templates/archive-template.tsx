"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { templatesPath } from "../addresses.ts";

interface ArchiveTemplateProps {
  name: string;
  archive: (name: string) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Renders the button that archives a template, and asks before. */
export function ArchiveTemplate({ name, archive, why }: ArchiveTemplateProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const { state, busy, run } = useAction(archive);
  return (
    <>
      <Button variant="default" data-danger disabled={why !== undefined} title={why} onClick={() => setOpened(true)}>
        Archive…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Archive ${name}?`} size={480}>
        <div className={dialog.body}>
          <FormProblem state={state} />
          <p>It can no longer be submitted, and its name becomes available. Its jobs are not affected.</p>
          <div className={dialog.buttons}>
            <Button variant="default" data-autofocus onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button
              data-danger
              aria-disabled={busy}
              onClick={() =>
                run(name, () => {
                  toast.done(`Archived ${name}.`);
                  router.push(templatesPath);
                })
              }
            >
              Archive template
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

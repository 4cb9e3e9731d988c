"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { LabelProject, UpdateLabelProject } from "#server/improve/labelling/projects/contract.ts";

interface ProjectStateActionsProps {
  project: Pick<LabelProject, "id" | "name" | "state">;
  update: (input: UpdateLabelProject) => Promise<ActionState<{ name: string }>>;
  why: string | undefined;
}

/** Renders the buttons that pause, resume, archive and restore a project. */
export function ProjectStateActions({ project, update, why }: ProjectStateActionsProps) {
  const router = useRouter();
  const [isArchiving, setIsArchiving] = useState(false);
  const { state, busy, run } = useAction(update);
  const change = (next: LabelProject["state"], done: string, then?: () => void) =>
    run({ projectId: project.id, state: next }, () => {
      toast.done(done);
      then?.();
    });
  return (
    <>
      {state.error && <span role="alert">{state.error}</span>}
      {project.state === "active" && (
        <Button
          variant="default"
          disabled={why !== undefined}
          title={why}
          aria-disabled={busy}
          onClick={() => change("paused", `Paused ${project.name}.`)}
        >
          Pause
        </Button>
      )}
      {project.state !== "active" && (
        <Button
          variant="default"
          disabled={why !== undefined}
          title={why}
          aria-disabled={busy}
          onClick={() => change("active", `Resumed ${project.name}.`)}
        >
          {project.state === "paused" ? "Resume" : "Restore"}
        </Button>
      )}
      {project.state !== "archived" && (
        <Button
          variant="default"
          data-danger
          disabled={why !== undefined}
          title={why}
          onClick={() => setIsArchiving(true)}
        >
          Archive…
        </Button>
      )}
      <Modal opened={isArchiving} onClose={() => setIsArchiving(false)} title={`Archive ${project.name}?`} size={480}>
        <div className={dialog.body}>
          <FormProblem state={state} />
          <p>Labelling ends. Items, labels and guidelines are kept, and the project can be restored.</p>
          <div className={dialog.buttons}>
            <Button variant="default" data-autofocus onClick={() => setIsArchiving(false)}>
              Cancel
            </Button>
            <Button
              data-danger
              aria-disabled={busy}
              onClick={() => change("archived", `Archived ${project.name}.`, () => router.push("/labels"))}
            >
              Archive project
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

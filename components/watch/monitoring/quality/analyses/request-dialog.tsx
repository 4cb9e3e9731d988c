"use client";

import { Button, Modal, ModalTitle } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RequestAnalysisAction } from "#components/watch/monitoring/analyses/request-button.tsx";
import type { RequestAnalysis } from "#server/watch/monitoring/analyses/contract.ts";
import classes from "./analyses.module.css";

interface RequestDialogProps {
  /** Label of the button that opens it: "Compare versions…" */
  label: string;
  title: string;
  /** Description of the data that will be read, in a sentence. */
  reads: string;
  request: RequestAnalysisAction;
  why: string | undefined;
  /** Returns the question; null until every required value is selected. */
  question: () => RequestAnalysis["question"] | null;
  /** Renders the fields of the dialog with their error messages. */
  children: (complaint: (field: string) => string | undefined) => ReactNode;
}

/** Renders a button and its dialog that request an analysis; the page shows its progress. */
export function RequestDialog({ label, title, reads, request: send, why, question, children }: RequestDialogProps) {
  const [opened, setOpened] = useState(false);
  const refresh = useRefresh();
  const { state, busy, run, reset } = useAction(send);
  const close = () => setOpened(false);
  const request = question();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!request) return;
    run({ question: request }, () => {
      toast.done("Analysis started. The result appears here.");
      close();
      void refresh();
    });
  }
  return (
    <>
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        title={why}
        onClick={() => {
          reset();
          setOpened(true);
        }}
      >
        {label}
      </Button>
      <Modal opened={opened} onClose={close} withCloseButton={false} size={620} yOffset="10vh" padding={0}>
        {opened && (
          <form className={classes.form} onSubmit={submit}>
            <ModalTitle fz={15} fw={600}>
              {title}
            </ModalTitle>
            <p className="lw-small lw-muted">{reads}</p>
            <FormProblem state={withoutField(state)} />
            {children((field) => complaintAbout(state, field))}
            <div className={classes.foot}>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" disabled={!request} aria-disabled={busy}>
                {busy ? "Requesting…" : "Compare"}
              </Button>
            </div>
          </form>
        )}
      </Modal>
    </>
  );
}

/** Complaints come by paths such as "question.skew.keyColumn". */
function complaintAbout({ fieldErrors = {} }: ActionState<unknown>, field: string): string | undefined {
  return Object.entries(fieldErrors).find(([path]) => path === field || path.endsWith(`.${field}`))?.[1];
}

function withoutField(state: ActionState<unknown>): ActionState<unknown> {
  return state.fieldErrors ? { ok: state.ok } : state;
}

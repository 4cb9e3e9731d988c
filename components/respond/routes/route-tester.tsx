"use client";

import { Button, Textarea } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RouteTest } from "#server/alerting/alerts/routing/contract.ts";
import { WhatNow } from "../alert-trace/what-now.tsx";

interface RouteTesterProps {
  /** As matchers are written. */
  labels: string;
  /** Result for the labels in the URL, if it has any. */
  initial?: RouteTest | undefined;
  test: (labels: string) => Promise<ActionState<RouteTest>>;
}

/** Tests the routing of an alert: takes labels and shows the path through the tree. */
export function RouteTester({ labels: proposed, initial, test }: RouteTesterProps) {
  const { state, busy, run } = useAction(test);
  const [labels, setLabels] = useState(proposed);
  const shown = state.data ?? initial;
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(labels, () => {
      const address = new URL(window.location.href);
      address.searchParams.set("labels", labels);
      window.history.replaceState(null, "", address);
    });
  }
  return (
    <form className={`${classes.form} ${classes.mono}`} onSubmit={submit}>
      <FormProblem state={state} />
      <Textarea
        label="Alert labels"
        description={'For example alertname="SLOBurn", severity="page", service="card-fraud"'}
        autosize
        minRows={2}
        value={labels}
        onChange={(event) => setLabels(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
        }}
      />
      <div className={classes.buttons}>
        <Button type="submit" variant="default" aria-disabled={busy}>
          {busy ? "Testing…" : "Test routing"}
        </Button>
      </div>
      <div aria-live="polite">{shown && state.error === undefined && <WhatNow test={shown} />}</div>
    </form>
  );
}

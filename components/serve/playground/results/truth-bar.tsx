"use client";

import { Button, TextInput } from "@mantine/core";
import { IconTags } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { PlaygroundActions } from "../run.ts";
import classes from "./truth-bar.module.css";

/** Recorded prediction whose input is in the form. */
export interface Recorded {
  id: string;
  endpointId: string;
  endpoint: string;
  requestId: string;
  /** Label reported earlier. */
  label: string | null;
}

interface TruthBarProps {
  recorded: Recorded | undefined;
  labels: string[] | undefined;
  label: PlaygroundActions["label"];
  sendToLabels: PlaygroundActions["sendToLabels"];
}

const maxButtons = 10;

/** Reports the actual label of a logged input to its endpoint, where quality is computed from it. Without one, annotators can label it. */
export function TruthBar({ recorded, labels, label, sendToLabels }: TruthBarProps) {
  const [truth, setTruth] = useState(recorded?.label ?? "");
  const [stored, setStored] = useState(recorded?.label);
  const { run, busy, state } = useAction(label);
  const sending = useAction(sendToLabels);
  const isOff = !recorded || busy || sending.busy;
  const isUnknown = truth.trim() === "";
  const failed = isUnknown ? sending.state : state;

  function send() {
    if (isOff || !recorded) return;
    const { endpointId, requestId } = recorded;
    if (isUnknown) {
      sending.run({ endpointId, requestId }, ({ project, isNew }) => {
        toast.done(isNew ? `Sent to the label project ${project}.` : `The label project ${project} has it already.`);
      });
      return;
    }
    run({ endpointId, requestId, label: truth.trim() }, () => {
      setStored(truth.trim());
      toast.done(`Labelled as ${truth.trim()}. Included in the quality of ${recorded.endpoint}.`);
    });
  }
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key === "l" && !event.metaKey && !event.ctrlKey && !event.altKey && keysAreFree(event)) send();
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
  if (!recorded) return null;
  return (
    <div className={classes.root}>
      <span className="lw-muted">Actual label</span>
      {labels && labels.length <= maxButtons ? (
        <Segmented
          label="Actual label"
          value={truth}
          onChange={setTruth}
          options={labels.map((each) => ({ value: each, label: each }))}
        />
      ) : (
        <TextInput
          aria-label="Actual label"
          className={classes.text}
          maxLength={1000}
          value={truth}
          onChange={(event) => setTruth(event.currentTarget.value)}
        />
      )}
      <Button
        variant="default"
        leftSection={<IconTags size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["L"]} />}
        disabled={isOff}
        onClick={send}
      >
        {isUnknown ? "Send to labels" : stored ? "Update label" : "Submit label"}
      </Button>
      {stored && <span className="lw-small lw-quiet">labelled {stored}</span>}
      {!failed.ok && failed.error && (
        <span className={classes.problem} role="alert">
          {failed.error}
        </span>
      )}
    </div>
  );
}

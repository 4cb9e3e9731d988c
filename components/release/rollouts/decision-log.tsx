"use client";

import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ActOnRollout, RolloutDecision } from "#server/serve/rollout/contract.ts";
import classes from "./decision-log.module.css";
import { decisionShapes, decisionText } from "./decision-text.ts";

interface DecisionLogProps {
  rolloutId: string;
  /** Newest first. */
  decisions: readonly RolloutDecision[];
  note: (input: ActOnRollout) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot write a note. */
  why?: string | undefined;
}

/** Renders all decisions and notes, newest first; each entry has its own address. */
export function DecisionLog({ rolloutId, decisions, note, why }: DecisionLogProps) {
  return (
    <Panel
      id="log"
      title="Decision log"
      right={
        <a href={`/api/v1/rollouts/${rolloutId}/decisions.csv`} download>
          export
        </a>
      }
    >
      {decisions.length === 0 ? (
        <EmptyState title="No decisions yet">Entries appear once gateways have loaded the version.</EmptyState>
      ) : (
        <ol className={classes.log} reversed>
          {decisions.map((decision) => (
            <Entry decision={decision} key={decision.id} />
          ))}
        </ol>
      )}
      {!why && <NoteForm rolloutId={rolloutId} note={note} />}
    </Panel>
  );
}

function Entry({ decision }: { decision: RolloutDecision }) {
  const shape = decisionShapes[decision.kind];
  return (
    <li className={classes.entry} id={`log-${decision.id}`}>
      <a className={classes.time} href={`#log-${decision.id}`}>
        <ClockTime at={decision.at} />
      </a>
      <span className={classes.shape}>{shape ? <StatusShape state={shape} /> : <span className={classes.dot} />}</span>
      <span>
        {decisionText(decision)} <span className="lw-quiet">{decision.actorName}</span>
      </span>
    </li>
  );
}

function NoteForm({ rolloutId, note }: Pick<DecisionLogProps, "rolloutId" | "note">) {
  const refresh = useRefresh();
  const [text, setText] = useState("");
  const { state, busy, run } = useAction(note);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        run({ rolloutId, reason: text }, () => {
          setText("");
          void refresh();
        });
      }}
    >
      <Textarea
        label="Note"
        rows={2}
        maxLength={2000}
        placeholder="Anything others should know about this rollout"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={state.fieldErrors?.reason ?? state.error}
      />
      <Button type="submit" variant="default" size="xs" aria-disabled={busy}>
        {busy ? "Saving…" : "Add note"}
      </Button>
    </form>
  );
}

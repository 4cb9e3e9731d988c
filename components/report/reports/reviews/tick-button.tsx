"use client";

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ReviewSection } from "#server/report/reports/reviews/contract.ts";
import classes from "./reviews.module.css";

interface TickProps {
  name: string;
  section: ReviewSection;
  tick: (input: { name: string; item: ReviewSection["item"]; note: string }) => Promise<ActionState<unknown>>;
  untick: (input: { name: string; item: ReviewSection["item"] }) => Promise<ActionState<unknown>>;
  /** Reason why the button is disabled. */
  why: string | undefined;
}

/** Marks a section as reviewed, with user, time and an optional note. */
export function TickButton({ name, section, tick, untick, why }: TickProps) {
  const [note, setNote] = useState("");
  const refresh = useRefresh();
  const done = useAction(tick);
  const undone = useAction(untick);
  const { item, title } = section;
  const after = () => void refresh();
  if (section.tick) {
    const { by, at, note } = section.tick;
    return (
      <div className={classes.tick}>
        <span>
          Reviewed by <strong>{by}</strong> <RelativeTime at={at} />
          {note && <span className="lw-muted">: {note}</span>}
        </span>
        <Button
          variant="subtle"
          disabled={why !== undefined || undone.busy}
          title={why}
          onClick={() => undone.run({ name, item }, after)}
        >
          Undo
        </Button>
        {undone.state.error && <span role="alert">{undone.state.error}</span>}
      </div>
    );
  }
  return (
    <form
      className={classes.tick}
      onSubmit={(event) => {
        event.preventDefault();
        done.run({ name, item, note }, after);
      }}
    >
      <TextInput
        aria-label={`Note on ${title}`}
        placeholder="Decisions (optional)"
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={2000}
        disabled={why !== undefined}
        className={classes.note}
      />
      <Button
        type="submit"
        variant="default"
        disabled={why !== undefined || done.busy}
        title={why}
        aria-label={`Mark ${title} as reviewed`}
      >
        Reviewed
      </Button>
      {why && <span className="lw-quiet lw-small">{why}</span>}
      {done.state.error && <span role="alert">{done.state.error}</span>}
    </form>
  );
}

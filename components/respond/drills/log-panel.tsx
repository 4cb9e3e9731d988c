"use client";

import { Button, Modal, Textarea } from "@mantine/core";
import { IconNote } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { type State, StatusShape } from "#components/ui/status-shape.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { GameDayEvent } from "#server/respond/drills/contract.ts";
import classes from "./drills.module.css";

interface NoteInput {
  number: number;
  words: string;
}

interface LogPanelProps {
  number: number;
  /** In any order. */
  events: readonly GameDayEvent[];
  note: (input: NoteInput) => Promise<ActionState<unknown>>;
  /** Reason why this user may not add a note. */
  why: string | undefined;
}

const shapes: Record<GameDayEvent["kind"], State> = {
  started: "running",
  "share-raised": "not-started",
  "carried-out": "running",
  note: "not-started",
  aborted: "paused",
  ended: "finished",
  skipped: "no-data",
  alert: "missed",
  notification: "on-target",
};

/** Lists what happened in a game day, newest first; adds a note (N). */
export function LogPanel({ number, events, note, why }: LogPanelProps) {
  const [isOpen, setOpen] = useState(false);
  usePageKey(why === undefined ? "N" : undefined, () => setOpen(true));
  const sorted = events.toSorted((one, other) => other.at.getTime() - one.at.getTime());
  return (
    <Panel
      title="Log"
      right={
        <Button
          variant="default"
          size="xs"
          data-print="off"
          disabled={why !== undefined}
          title={why}
          onClick={() => setOpen(true)}
          leftSection={<IconNote size={15} stroke={1.8} aria-hidden="true" />}
          rightSection={<Keys keys={["N"]} />}
        >
          Add note…
        </Button>
      }
      flush
    >
      {sorted.length === 0 ? (
        <EmptyState title="Nothing has happened yet" />
      ) : (
        <ol className={classes.log} aria-label="Log">
          {sorted.map((event) => (
            <li key={`${event.at.getTime()} ${event.kind} ${event.words}`}>
              <span className="lw-muted">
                <ClockTime at={event.at} seconds />
              </span>
              <StatusShape state={shapes[event.kind]} />
              <span>
                {event.href === null ? event.words : <Link href={event.href}>{event.words}</Link>}{" "}
                <span className="lw-quiet">{event.by ?? "Leeway"}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Add note" size={480} yOffset="14vh">
        <NoteForm number={number} note={note} onClose={() => setOpen(false)} />
      </Modal>
    </Panel>
  );
}

function NoteForm({ number, note, onClose }: Pick<LogPanelProps, "number" | "note"> & { onClose: () => void }) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(note);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const words = String(new FormData(event.currentTarget).get("words") ?? "");
    run({ number, words }, () => {
      onClose();
      void refresh();
    });
  }
  return (
    <form className={dialog.body} onSubmit={submit}>
      <Textarea
        label="Note"
        name="words"
        rows={3}
        maxLength={1000}
        data-autofocus
        error={state.fieldErrors?.words ?? state.error}
      />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          Add note
        </Button>
      </div>
    </form>
  );
}

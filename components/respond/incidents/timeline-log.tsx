"use client";

import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { type State, StatusShape } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { useAction } from "#components/ui/use-action.ts";
import {
  type AddNote,
  type EditTimelineEvent,
  type TimelineEvent,
  writtenKinds,
} from "#server/respond/incidents/timeline/contract.ts";
import classes from "./incidents.module.css";
import { groupOf, kindGroups, type TimelineGroup } from "./timeline-groups.ts";

interface TimelineLogProps {
  number: number;
  /** Oldest first. */
  events: readonly TimelineEvent[];
  add: (input: AddNote) => Promise<ActionState<unknown>>;
  edit: (input: EditTimelineEvent) => Promise<ActionState<unknown>>;
  /** Reason why the user may not edit the timeline. */
  why?: string | undefined;
}

const shapes: Partial<Record<TimelineEvent["kind"], State>> = {
  alert: "missed",
  ack: "running",
  state: "on-target",
  severity: "watch",
  change: "watch",
  rollback: "rolled-back",
  runbook: "finished",
};

/** Lists the events in order: alerts, changes, actions and notes of users. Each entry can be linked to. */
export function TimelineLog({ number, events, add, edit, why }: TimelineLogProps) {
  const [group, setGroup] = useState<TimelineGroup>("all");
  const shown = events.filter(({ kind }) => group === "all" || groupOf(kind) === group);
  return (
    <Panel
      id="timeline"
      title="Timeline"
      subtitle="oldest first"
      right={
        <NativeSelect
          aria-label="Filter events"
          size="xs"
          data={kindGroups}
          value={group}
          onChange={(event) => setGroup(event.currentTarget.value as TimelineGroup)}
        />
      }
    >
      {shown.length === 0 ? (
        <EmptyState title="No matching events">Select “Everything” to see the full timeline.</EmptyState>
      ) : (
        <ol className={classes.log}>
          {shown.map((event) => (
            <Entry number={number} event={event} edit={edit} why={why} key={event.id} />
          ))}
        </ol>
      )}
      {!why && <NoteForm number={number} add={add} />}
    </Panel>
  );
}

function Entry({
  number,
  event,
  edit,
  why,
}: Pick<TimelineLogProps, "number" | "edit" | "why"> & { event: TimelineEvent }) {
  const refresh = useRefresh();
  const [isEditing, setIsEditing] = useState(false);
  const { state, busy, run } = useAction(edit);
  const shape = shapes[event.kind];
  const { id: eventId, isProbableCause, title, links } = event;
  const change = (input: Omit<EditTimelineEvent, "number" | "eventId">) =>
    run({ number, eventId, ...input }, () => {
      setIsEditing(false);
      void refresh();
    });
  const isWritten = (writtenKinds as readonly string[]).includes(event.kind);
  const canCause = isWritten || isProbableCause || groupOf(event.kind) === "changes";
  return (
    <li className={classes.entry} id={`event-${eventId}`}>
      <a className={classes.time} href={`#event-${eventId}`}>
        <ClockTime at={event.at} />
      </a>
      <span className={classes.mark}>{shape ? <StatusShape state={shape} /> : <span className={classes.dot} />}</span>
      <div>
        <span>{title}</span> <span className="lw-quiet">{event.actor.name}</span>{" "}
        {isProbableCause && <Tag tone="watch">probable cause</Tag>}
        {event.body && <p className={classes.body}>{event.body}</p>}
        <div className={classes.tools}>
          {links.map(({ href, text, rel }) => (
            <a className="lw-small" href={href} key={href}>
              {text || rel}
            </a>
          ))}
          {event.supersedes !== null && <span className="lw-small lw-quiet">edited</span>}
          {!why && (
            <>
              {canCause && (
                <button
                  type="button"
                  className={classes.plain}
                  aria-disabled={busy}
                  aria-label={`${isProbableCause ? "Not the cause" : "Probable cause"}: ${title}`}
                  onClick={() => change({ isProbableCause: !isProbableCause })}
                >
                  {isProbableCause ? "Not the cause" : "Probable cause"}
                </button>
              )}
              {isWritten && (
                <button
                  type="button"
                  className={classes.plain}
                  aria-label={`Edit: ${title}`}
                  onClick={() => setIsEditing(!isEditing)}
                >
                  Edit
                </button>
              )}
            </>
          )}
        </div>
        {state.error && <p role="alert">{state.error}</p>}
        {isEditing && <Correct event={event} busy={busy} complaint={state.fieldErrors?.title} onSave={change} />}
      </div>
    </li>
  );
}

function Correct(props: {
  event: TimelineEvent;
  busy: boolean;
  complaint: string | undefined;
  onSave: (input: { title: string }) => void;
}) {
  const [title, setTitle] = useState(props.event.title);
  return (
    <form
      className={classes.row}
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave({ title });
      }}
    >
      <TextInput
        label="Text"
        value={title}
        maxLength={500}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={props.complaint}
      />
      <Button type="submit" size="xs" variant="default" aria-disabled={props.busy}>
        Save
      </Button>
    </form>
  );
}

const kindNames = {
  note: "Note",
  action: "Action taken",
  metric: "Measurement",
  customer: "Customer report",
  message: "Message",
};

function NoteForm({ number, add }: Pick<TimelineLogProps, "number" | "add">) {
  const refresh = useRefresh();
  const [title, setTitle] = useState("");
  const [kind, setKind] = useState<AddNote["kind"]>("note");
  const [isProbableCause, setIsCause] = useState(false);
  const { state, busy, run } = useAction(add);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        run({ number, title, kind, isProbableCause }, () => {
          setTitle("");
          setIsCause(false);
          void refresh();
        });
      }}
    >
      <Textarea
        label="Add to the timeline"
        rows={2}
        maxLength={500}
        placeholder="What happened, or what you found"
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={state.fieldErrors?.title ?? state.error}
      />
      <div className={classes.tools}>
        <NativeSelect
          aria-label="Entry type"
          size="xs"
          data={writtenKinds.map((value) => ({ value, label: kindNames[value] }))}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as AddNote["kind"])}
        />
        <Checkbox
          label="Probable cause"
          size="xs"
          checked={isProbableCause}
          onChange={(event) => setIsCause(event.currentTarget.checked)}
        />
        <Button type="submit" variant="default" size="xs" aria-disabled={busy}>
          {busy ? "Saving…" : "Add"}
        </Button>
      </div>
    </form>
  );
}

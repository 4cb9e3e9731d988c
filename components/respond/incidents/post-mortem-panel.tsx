"use client";

import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Markdown } from "#components/ui/markdown.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  OfIncident,
  PostMortem,
  WaivePostMortem,
  WritePostMortem,
} from "#server/respond/incidents/post-mortems/contract.ts";
import classes from "./incidents.module.css";

interface PostMortemPanelProps {
  number: number;
  /** Null while there is none. */
  postMortem: PostMortem | null;
  draft: (input: OfIncident) => Promise<ActionState<unknown>>;
  write: (input: WritePostMortem) => Promise<ActionState<unknown>>;
  waive: (input: WaivePostMortem) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Reasons why the user may not edit and not waive it. */
  why?: string | undefined;
  whyWaive?: string | undefined;
}

/** Shows the post-mortem: drafted from the events, edited by users, exported as Markdown. */
export function PostMortemPanel(props: PostMortemPanelProps) {
  const { number, postMortem, draft, why } = props;
  const refresh = useRefresh();
  const drafting = useAction(draft);
  const start = () =>
    drafting.run({ number }, () => {
      toast.done("Draft generated from the timeline.");
      void refresh();
    });
  if (!postMortem || (postMortem.state === "waived" && postMortem.body === "")) {
    return (
      <Panel title="Post-mortem" right={postMortem && <PostMortemStatus postMortem={postMortem} />}>
        <EmptyState
          title={postMortem ? `Waived. ${postMortem.waiver ?? ""}` : "No post-mortem yet"}
          action={
            !why && (
              <div className={classes.tools}>
                <Button onClick={start} aria-disabled={drafting.busy}>
                  {drafting.busy ? "Drafting…" : "Generate draft"}
                </Button>
                {!postMortem && <Waive {...props} />}
              </div>
            )
          }
        >
          {drafting.state.error ??
            "The draft covers impact, timeline, detection and likely cause; every statement references timeline events."}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title="Post-mortem"
      subtitle={`revision ${postMortem.revision}`}
      right={<PostMortemStatus postMortem={postMortem} />}
    >
      {why ? (
        <div data-prose>
          <Markdown>{postMortem.body}</Markdown>
        </div>
      ) : (
        <Editor {...props} postMortem={postMortem} onDraft={start} key={postMortem.revision} />
      )}
      {drafting.state.error && <p role="alert">{drafting.state.error}</p>}
    </Panel>
  );
}

function PostMortemStatus({ postMortem: { state, dueOn, isOverdue } }: { postMortem: PostMortem }) {
  if (state === "done") return <StatusBadge state="finished">Done</StatusBadge>;
  if (state === "waived") return <StatusBadge state="no-data">Waived</StatusBadge>;
  if (isOverdue) return <StatusBadge state="missed">Overdue since {dueOn}</StatusBadge>;
  return <StatusBadge state="running">{dueOn ? `Draft, due ${dueOn}` : "Draft"}</StatusBadge>;
}

function Editor(props: PostMortemPanelProps & { postMortem: PostMortem; onDraft: () => void }) {
  const { number, postMortem, write, onDraft } = props;
  const refresh = useRefresh();
  const [body, setBody] = useState(postMortem.body);
  const { state, busy, run } = useAction(write);
  const save = (isDone: boolean) =>
    run({ number, body, isDone, revision: postMortem.revision }, () => {
      toast.done(isDone ? "Post-mortem completed." : "Draft saved.");
      void refresh();
    });
  const isDone = postMortem.state === "done";
  return (
    <div className={classes.form}>
      <div className={classes.editor}>
        <Textarea
          label="Markdown"
          rows={28}
          value={body}
          maxLength={200_000}
          onChange={(event) => setBody(event.currentTarget.value)}
          error={state.fieldErrors?.body ?? state.error}
        />
        <section className={classes.preview} aria-label="Preview" data-prose>
          <Markdown>{body}</Markdown>
        </section>
      </div>
      <div className={classes.tools}>
        <Button onClick={() => save(true)} aria-disabled={busy}>
          {isDone ? "Save" : "Save and complete"}
        </Button>
        {!isDone && (
          <Button variant="default" onClick={() => save(false)} aria-disabled={busy}>
            Save draft
          </Button>
        )}
        {!isDone && (
          <Button variant="default" onClick={onDraft}>
            Regenerate draft
          </Button>
        )}
        <a href={`/api/v1/incidents/${number}/post-mortem.md`} download>
          Export as Markdown
        </a>
        {postMortem.state === "draft" && <Waive {...props} />}
        {body !== postMortem.body && <span className="lw-small lw-quiet">not saved yet</span>}
      </div>
    </div>
  );
}

function Waive({ number, waive, actorName, whyWaive }: PostMortemPanelProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  if (whyWaive) return <span className="lw-small lw-quiet">Waiving it {whyWaive}.</span>;
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Waive…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Close INC-${number} without a post-mortem?`}
        consequences={[
          { label: "Then", value: "the incident can be closed" },
          { label: "Undo", value: "create one later" },
        ]}
        reasons={["A drill", "Covered by another post-mortem"]}
        confirmLabel="Waive"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={async (reason) => {
          const result = await waive({ number, reason });
          if (!result.ok) return result.error ?? "The change was not saved.";
          toast.done("Post-mortem waived.");
          void refresh();
          return undefined;
        }}
      />
    </>
  );
}

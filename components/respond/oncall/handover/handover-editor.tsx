"use client";

import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Markdown } from "#components/ui/markdown.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { HandoverDraft, SaveHandover } from "#server/respond/oncall/handover/contract.ts";

interface HandoverEditorProps {
  draft: HandoverDraft;
  save: (input: SaveHandover) => Promise<ActionState<unknown>>;
  why?: string | undefined;
}

/** Edits the handover note of the current shift, with a preview. A saved note is edited further; it can be replaced by a new draft. */
export function HandoverEditor({ draft, save, why }: HandoverEditorProps) {
  const { state, busy, run } = useAction(save);
  const refresh = useRefresh();
  const [body, setBody] = useState(draft.saved ?? draft.body);
  const [view, setView] = useState<"read" | "edit">("read");
  const { scheduleId, shift } = draft;
  return (
    <div style={{ display: "grid", gap: 12 }}>
      <div style={{ display: "flex", gap: 8, flexWrap: "wrap", alignItems: "center" }}>
        <Segmented
          label="Note"
          value={view}
          onChange={setView}
          options={[
            { value: "read", label: "Preview" },
            { value: "edit", label: "Edit" },
          ]}
        />
        <span className="lw-quiet" style={{ flex: 1 }}>
          {draft.saved === null ? "Draft, not saved yet" : "Saved; no longer updated automatically"}
        </span>
        <Button variant="default" onClick={() => setBody(draft.body)} disabled={body === draft.body}>
          Regenerate draft
        </Button>
        <Button
          disabled={why !== undefined}
          title={why}
          aria-disabled={busy}
          onClick={() =>
            run({ scheduleId, shiftFrom: shift.from, shiftTo: shift.to, body }, () => {
              toast.done("Handover note saved.");
              void refresh();
            })
          }
        >
          {busy ? "Saving…" : "Save note"}
        </Button>
      </div>
      {state.error && <p role="alert">{state.error}</p>}
      {view === "edit" ? (
        <Textarea
          aria-label="Handover note in Markdown"
          autosize
          minRows={18}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
          error={state.fieldErrors?.body}
          styles={{ input: { fontFamily: "var(--lw-font-mono)", fontSize: 12 } }}
        />
      ) : (
        <Markdown>{body}</Markdown>
      )}
    </div>
  );
}

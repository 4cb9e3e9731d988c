import { Panel } from "#components/ui/panel.tsx";
import type { KeyValue } from "#server/tracking/contract.ts";
import classes from "./run-note.module.css";

/** The note of a run (the tag mlflow.note.content), as it was written. Nothing when there is none. */
export function RunNote({ tags }: { tags: KeyValue[] }) {
  const note = tags.find(({ key }) => key === "mlflow.note.content")?.value.trim();
  if (!note) return null;
  return (
    <Panel title="Note">
      <p className={classes.note}>{note}</p>
    </Panel>
  );
}

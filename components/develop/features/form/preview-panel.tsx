"use client";

import { Textarea } from "@mantine/core";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ViewPreview } from "#server/develop/features/contract.ts";
import classes from "./view-form.module.css";

interface PreviewPanelProps {
  preview: ViewPreview | undefined;
  /** What is wrong with the definition. */
  problem: string | undefined;
  /** What the preview waits for. */
  hint: string;
  reason: string;
  onReason: (reason: string) => void;
}

/** Renders what saving the definition does: the version, how the schema changes, and what that would break. */
export function PreviewPanel({ preview, problem, hint, reason, onReason }: PreviewPanelProps) {
  return (
    <Panel title="Effect of saving">
      <div className={classes.changes} aria-live="polite">
        {problem !== undefined && <p className="lw-muted">{problem}</p>}
        {problem === undefined && !preview && <p className="lw-quiet">{hint}</p>}
        {preview && problem === undefined && <Preview preview={preview} />}
      </div>
      {preview && problem === undefined && preview.breaks.length > 0 && (
        <div className={classes.fields}>
          <div className={classes.breaks}>
            <strong>Breaks</strong>
            <ul>
              {preview.breaks.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </div>
          <Textarea
            label="Reason"
            description="Update these first, or force the change with a reason."
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={reason}
            onChange={(event) => onReason(event.currentTarget.value)}
            rows={2}
            maxLength={2000}
          />
        </div>
      )}
    </Panel>
  );
}

function Preview({ preview }: { preview: ViewPreview }) {
  const { outcome, version, change, altered, breaks } = preview;
  if (outcome === "created") return <p>Creates version 1.</p>;
  if (outcome === "unchanged") return <p>Changes nothing.</p>;
  if (outcome === "changed") return <p>Changes the view in place. Version {version} stays.</p>;
  const lines = [
    ...(change?.added.map((name) => `adds ${name}; earlier rows read null`) ?? []),
    ...(change?.removed.map((name) => `removes ${name}`) ?? []),
    ...(change?.retyped.map(({ name, before, after }) => `retypes ${name} from ${before} to ${after}`) ?? []),
    ...altered.map((name) => `changes the rules or the expression of ${name}`),
    ...(change?.hasOtherKeys ? ["changes the join keys: the view starts without rows"] : []),
  ];
  return (
    <>
      <p>
        Creates version {version}.{" "}
        <StatusBadge state={breaks.length > 0 ? "missed" : "on-target"}>
          {breaks.length > 0 ? "Breaking" : "Compatible"}
        </StatusBadge>
      </p>
      {lines.length > 0 && (
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

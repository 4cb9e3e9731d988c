import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import type { ViewFindingKind } from "./contract.ts";
import { findValueChanges } from "./find-value-changes.ts";
import { findViewProblems } from "./find-view-problems.ts";
import { readViewFacts } from "./read-view-facts.ts";
import { settleViewFindings } from "./settle-view-findings.ts";

interface Evaluation {
  /** Milliseconds since 1970. */
  now: number;
  /** Views in which something arrived since their values were last compared. Those that were compared are removed. */
  changed: Set<string>;
  attempt: Attempt;
  isStopping: () => boolean;
  afterChange: AfterChange;
}

const always: readonly ViewFindingKind[] = [
  "source-late",
  "materialisation-failed",
  "materialisation-late",
  "clock-ahead",
];

/**
 * Evaluates all views once. Values are compared where something arrived: until then nothing is known, and an open finding stays open.
 */
export async function evaluateViews(
  db: Database,
  { now, changed, attempt, isStopping, afterChange }: Evaluation,
): Promise<void> {
  for (const view of await readViewFacts(db, now)) {
    if (isStopping()) return;
    const { viewId, workspaceId, hasOpen } = view;
    await attempt({ id: `findings of view ${viewId}`, workspaceId }, async () => {
      const hasChanged = changed.has(viewId);
      const values = hasChanged ? await findValueChanges(db, viewId) : [];
      const findings = [...findViewProblems(view, now), ...values];
      if (findings.length > 0 || hasOpen) {
        const kinds = hasChanged ? [...always, "values-changed"] : always;
        const ctx = systemContext(db, workspaceId, "watch-features");
        await settleViewFindings(ctx, { viewId, kinds, findings, now }, afterChange);
      }
      changed.delete(viewId);
    });
  }
}

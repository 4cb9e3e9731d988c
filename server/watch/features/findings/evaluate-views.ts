import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import type { FoundViewFinding, ViewFindingKind } from "./contract.ts";
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
      const ctx = systemContext(db, workspaceId, "watch-features");
      const settle = async (kinds: readonly ViewFindingKind[], findings: readonly FoundViewFinding[]) => {
        if (findings.length > 0 || hasOpen)
          await settleViewFindings(ctx, { viewId, kinds, findings, now }, afterChange);
      };
      await settle(always, findViewProblems(view, now));
      if (!changed.has(viewId)) return;
      // Last: an error here must not keep what else is wrong from being said.
      await settle(["values-changed"], await findValueChanges(db, viewId));
      changed.delete(viewId);
    });
  }
}

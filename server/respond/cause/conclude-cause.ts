import type { Change } from "#server/respond/changes/contract.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { causeInData } from "./cause-in-data.ts";
import type { LikelyCause } from "./contract.ts";
import { findCause } from "./find-cause.ts";
import { canChangeCause, canFindingCause, type Effect } from "./possible-causes.ts";
import type { Segment } from "./segments/contract.ts";
import type { VersionPart } from "./segments/read-segments.ts";

/** What is marked as the cause on the timeline of an incident. */
export interface MarkedCause {
  /** Key of what was marked: "change:deployment:12", "finding:<id>"; null for what a person wrote. */
  key: string | null;
  title: string;
  by: string;
}

export interface CauseFacts {
  /** Milliseconds since 1970. */
  startedAt: number;
  /** What the incident is about; null if unknown. */
  effect: Effect | null;
  changes: readonly Change[];
  /** Nearest to the start first. */
  findings: readonly Finding[];
  segments: readonly Segment[];
  versions: readonly VersionPart[];
  /** What the timeline says; undefined while nothing is marked. */
  marked?: MarkedCause | undefined;
}

/**
 * Concludes the cause of an incident: the one conclusion of the board, the incident's page and its timeline. Only what can have the effect
 * is a candidate (possible-causes.ts). What is marked on the timeline is the cause as long as it is a candidate; what a person wrote there
 * always is. If predictions are incorrect or no change stands out, a finding in the inputs comes first.
 */
export function concludeCause(facts: CauseFacts): LikelyCause {
  const { startedAt, effect, segments, versions, marked } = facts;
  if (marked && marked.key === null) {
    return { change: null, evidence: "strong", title: marked.title, beforeMs: null, words: `Marked by ${marked.by}.` };
  }
  const possible = facts.changes.filter(({ kind }) => canChangeCause(kind, effect));
  const findings = facts.findings.filter((finding) => canFindingCause(finding, effect));
  const change = possible.find(({ id }) => marked?.key === `change:${id}`);
  if (change) return findCause([change], { startedAt, segments, versions });
  const finding = findings.find(({ id }) => marked?.key === `finding:${id}`);
  const blamed = findCause(finding ? [] : possible, { startedAt, segments, versions });
  if (finding) return causeInData([finding], { startedAt, blamed });
  const isInData = effect === "quality" || effect === "data" || blamed.evidence === "none";
  return isInData ? causeInData(findings, { startedAt, blamed }) : blamed;
}

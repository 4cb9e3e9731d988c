import { hourMs, minuteMs } from "#server/base/durations.ts";
import { formatDuration, percent } from "#server/base/format-number.ts";
import type { Change, ChangeKind } from "#server/respond/changes/contract.ts";
import type { LikelyCause } from "./contract.ts";
import { rankChanges } from "./rank-changes.ts";
import type { Segment } from "./segments/contract.ts";
import type { VersionPart } from "./segments/read-segments.ts";

const nouns: Record<ChangeKind, string> = {
  deploy: "a deployment",
  rollout: "a rollout step",
  rollback: "a rollback",
  config: "a configuration change",
  data: "a data change",
  schema: "a schema change",
  flag: "a feature flag",
  freeze: "a freeze",
};

/** Time before the rise within which a change alone is suspicious; and beyond which it hardly is. */
const nearMs = 15 * minuteMs;
const farMs = 2 * hourMs;
/** Share of the failures that a segment must have before its agreement with a change says anything. */
const significantShare = 0.5;

/**
 * Finds the most likely cause: the change nearest before the rise, weighted by how often its kind is to blame, and whether an affected
 * segment matches it. Strong evidence requires both, a near time and a segment; time alone is some.
 */
export function findCause(
  changes: readonly Change[],
  {
    startedAt,
    segments,
    versions,
  }: { startedAt: number; segments: readonly Segment[]; versions: readonly VersionPart[] },
): LikelyCause {
  const dueNotices = segments.filter(({ ofBad }) => ofBad.share >= significantShare);
  const ranked = rankChanges(changes, { startedAt, segments: dueNotices.map(({ value }) => value) });
  const [first, second] = ranked.filter(({ beforeStartMs }) => beforeStartMs <= farMs);
  if (!first) {
    const words =
      changes.length === 0
        ? "No changes recorded in the two hours before the rise."
        : "Changes were recorded only after the rise or long before it.";
    return { change: null, evidence: "none", title: "No likely cause found", beforeMs: null, words };
  }
  const { change, beforeStartMs: beforeMs } = first;
  const agreeing = dueNotices.find((segment) => agrees(change, segment));
  const newcomer = versions.find((version) => version.name === change.after && isSignificant(version));
  const isNear = beforeMs <= nearMs;
  const evidence = isNear && (agreeing || newcomer) ? "strong" : isNear || agreeing ? "some" : "none";
  const title =
    evidence === "none"
      ? `No clear cause; the last change was ${nouns[change.kind]}`
      : `Likely cause: ${nouns[change.kind]}`;
  return {
    change,
    evidence,
    title,
    beforeMs,
    words: wordsOf({ segment: agreeing ?? dueNotices[0], isAgreed: agreeing !== undefined, newcomer, other: second }),
  };
}

/** Returns whether an affected segment matches what the change touched. */
function agrees(change: Change, { kind, value }: Segment): boolean {
  if (kind === "arm") return change.kind === "rollout" && value === "canary";
  const text = `${change.title} ${change.after ?? ""}`.toLowerCase();
  return value.length > 1 && text.includes(value.toLowerCase());
}

/** Returns whether most bad events come from a version that had little traffic before. */
function isSignificant({ ofBad, ofTrafficBefore }: VersionPart): boolean {
  return ofBad >= significantShare && ofTrafficBefore < significantShare;
}

interface SignificantVersion {
  segment: Segment | undefined;
  isAgreed: boolean;
  newcomer: VersionPart | undefined;
  other: ReturnType<typeof rankChanges>[number] | undefined;
}

function wordsOf({ segment, isAgreed, newcomer, other }: SignificantVersion): string {
  const of = newcomer
    ? `${percent(newcomer.ofBad)} of failures come from ${newcomer.name}, which was deployed at that time.`
    : segment
      ? `${percent(segment.ofBad.share)} of failures come from ${segment.name}${isAgreed ? ", which this change affected" : ""}.`
      : "No segment stands out.";
  if (!other || other.beforeStartMs < 0) return of;
  return `${of} Also before it: ${other.change.title}, ${formatDuration(other.beforeStartMs)} before the rise.`;
}

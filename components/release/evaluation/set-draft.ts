import type { CreateEvaluationSet, EvaluationTaskKind } from "#server/release/evaluation/contract.ts";

/** What the form of a new set holds; "" is not given. */
export interface SetDraft {
  name: string;
  note: string;
  kind: EvaluationTaskKind;
  label: string;
  positive: string;
  list: string;
  horizon: string;
  series: string;
  machine: string;
  /** Limits of tokens. */
  offsets: string;
  /** Overlap and confidence of boxes. */
  overlap: string;
  confidence: string;
  /** Threshold of alarms or of classes. */
  threshold: string;
  at: string;
  before: string;
  filter: string;
  segmentColumns: string[];
  /** One a line: "night: hour >= 22". */
  segmentFilters: string;
  groups: string[];
  weight: string;
  cluster: string;
  /** One a line: "rows 3, 17: double", or "camera = test: test pictures". */
  exclusions: string;
  columns: Record<string, string>;
}

/** Returns an empty form. */
export function emptySetDraft(): SetDraft {
  return {
    name: "",
    note: "",
    kind: "classification",
    label: "",
    positive: "",
    list: "",
    horizon: "",
    series: "",
    machine: "",
    offsets: "",
    overlap: "",
    confidence: "",
    threshold: "",
    at: "10",
    before: "0",
    filter: "",
    segmentColumns: [],
    segmentFilters: "",
    groups: [],
    weight: "",
    cluster: "",
    exclusions: "",
    columns: {},
  };
}

/** Whether rows of a kind of task may have a weight. */
export function hasWeights(kind: EvaluationTaskKind): boolean {
  return kind === "classification" || kind === "regression" || kind === "forecast";
}

/**
 * Returns the set that a form describes.
 * @throws Error with a sentence for people about a line that cannot be read
 */
export function setOfDraft(draft: SetDraft, dataset: { name: string; digest: string }): CreateEvaluationSet {
  const { name, note, filter, weight, cluster, groups, kind } = draft;
  return {
    name,
    note,
    definition: {
      dataset,
      task: taskOf(draft),
      filter: orNull(filter),
      segments: [
        ...draft.segmentColumns.map((column) => ({ column })),
        ...linesOf(draft.segmentFilters).map((line) => segmentOf(line)),
      ],
      groups,
      weight: hasWeights(kind) ? orNull(weight) : null,
      cluster: orNull(cluster),
      excluded: linesOf(draft.exclusions).map((line) => exclusionOf(line)),
      columns: Object.fromEntries(Object.entries(draft.columns).filter(([, column]) => column !== "")),
    },
  };
}

function taskOf(draft: SetDraft): CreateEvaluationSet["definition"]["task"] {
  const { kind, label } = draft;
  switch (kind) {
    case "classification":
      return { kind, label, positive: orNull(draft.positive) };
    case "multilabel":
      return { kind, label, ...(draft.threshold && { threshold: numberOf(draft.threshold, "threshold") }) };
    case "boxes":
      return {
        kind,
        label,
        ...(draft.overlap && { overlap: numberOf(draft.overlap, "overlap") }),
        ...(draft.confidence && { confidence: numberOf(draft.confidence, "confidence") }),
      };
    case "spans":
      return { kind, label, offsets: orNull(draft.offsets) };
    case "forecast":
      return { kind, label, horizon: orNull(draft.horizon), series: orNull(draft.series) };
    case "ranking":
      return { kind, label, list: draft.list, at: numberOf(draft.at, "number of items") };
    case "anomaly":
      return {
        kind,
        label,
        machine: orNull(draft.machine),
        threshold: numberOf(draft.threshold, "threshold"),
        before: numberOf(draft.before, "number of steps"),
      };
    default:
      return { kind, label };
  }
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

function numberOf(text: string, noun: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new Error(`Enter a number as ${noun}.`);
  return value;
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function segmentOf(line: string): { name: string; filter: string } {
  const at = line.indexOf(":");
  const [name, filter] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  if (at < 0 || !name || !filter) throw new Error(`Write a segment as "name: condition", not "${line}".`);
  return { name, filter };
}

function exclusionOf(line: string): { rows: number[]; reason: string } | { filter: string; reason: string } {
  // The reason follows the last colon: a condition may contain one.
  const at = line.lastIndexOf(":");
  const [what, reason] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  if (at < 0 || !what || !reason) {
    throw new Error(`Write an exclusion as "rows 3, 17: reason" or "condition: reason", not "${line}".`);
  }
  const listed = /^rows?\s+(\d[\d\s,]*)$/i.exec(what)?.[1];
  if (!listed) return { filter: what, reason };
  return {
    rows: listed
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number),
    reason,
  };
}

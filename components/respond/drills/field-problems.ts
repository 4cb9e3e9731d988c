import { type ExpectationKind, expectationKinds, isOfRequests, type PlanDraft } from "./plan-draft.ts";

/** Fields of the form that can have a problem: those of the draft, and the time of each expectation. */
type Field = Exclude<keyof PlanDraft, "isExpected" | "withinMinutes"> | "expectations" | `within-${ExpectationKind}`;

export type FieldProblems = Partial<Record<Field, string>>;

/** Path of a field in the answer of the server. */
const fields: Record<string, Field> = {
  endpoint: "endpoint",
  hypothesis: "hypothesis",
  "fault.delayMs": "delayMs",
  "fault.jitterMs": "jitterMs",
  "fault.status": "status",
  "fault.feature": "feature",
  "fault.change.scale": "scale",
  "fault.change.offset": "offset",
  "fault.view": "view",
  "fault.ageSeconds": "ageMinutes",
  "fault.job": "job",
  "fault.channelId": "channelId",
  scope: "scope",
  share: "sharePercent",
  minutes: "minutes",
  ownerId: "ownerId",
  expectations: "expectations",
  startsAt: "startsAt",
  repeats: "isMonthly",
};

const of = (kind: PlanDraft["kind"]) => (draft: PlanDraft) => draft.kind === kind;
const shiftsNumber = (draft: PlanDraft) => draft.kind === "shifted-input" && draft.change === "number";
const swapsLevels = (draft: PlanDraft) => draft.kind === "shifted-input" && draft.change === "levels";
const changesInput = (draft: PlanDraft) => draft.kind === "dropped-feature" || draft.kind === "shifted-input";

/** Numbers of the form, each shown while its condition holds. */
const numbers: readonly [keyof PlanDraft & Field, (draft: PlanDraft) => boolean][] = [
  ["delayMs", of("latency")],
  ["scale", shiftsNumber],
  ["offset", shiftsNumber],
  ["ageMinutes", of("stale-feature")],
  ["sharePercent", ({ kind }) => isOfRequests(kind)],
  ["minutes", () => true],
];

/** Texts of the form that must not be empty, each shown while its condition holds. */
const texts: readonly [keyof PlanDraft & Field, (draft: PlanDraft) => boolean, string][] = [
  ["endpoint", () => true, "Choose an endpoint."],
  ["feature", changesInput, "Enter the name of an input."],
  ["levelOne", swapsLevels, "Enter a value."],
  ["levelOther", swapsLevels, "Enter a value."],
  ["view", of("stale-feature"), "Choose a feature view."],
  ["job", of("job-preempted"), "Choose a job."],
  ["channelId", of("channel-dead"), "Choose a channel."],
];

/** Finds fields that hold no number, and choices that are missing, before the server is asked. */
export function missingIn(draft: PlanDraft): FieldProblems {
  const problems: FieldProblems = {};
  for (const [field, isShown] of numbers) {
    if (isShown(draft) && !isNumber(String(draft[field]))) problems[field] = "Enter a number.";
  }
  for (const [field, isShown, problem] of texts) {
    if (isShown(draft) && String(draft[field]).trim() === "") problems[field] = problem;
  }
  for (const what of expectationKinds) {
    if (what === "noHarm" || !draft.isExpected[what]) continue;
    if (!isNumber(draft.withinMinutes[what])) problems[`within-${what}`] = "Enter minutes.";
  }
  return problems;
}

/**
 * Puts the server's complaints at the fields of the form.
 * @param draft what was sent: by it the place of an expectation in the list becomes its kind
 * @returns what belongs to none of them, as one sentence; "" for none
 */
export function placeProblems(
  errors: Record<string, string> | undefined,
  draft: PlanDraft,
): { at: FieldProblems; other: string } {
  const sent = expectationKinds.filter((what) => draft.isExpected[what]);
  const at: FieldProblems = {};
  const others: string[] = [];
  for (const [sentPath, problem] of Object.entries(errors ?? {})) {
    const path = sentPath.replace(/^plan\./, "");
    const what = path.startsWith("expectations.") ? sent[Number(path.split(".")[1])] : undefined;
    const field: Field | undefined = what ? `within-${what}` : fields[path];
    if (field) at[field] ??= problem;
    else others.push(problem);
  }
  return { at, other: others.join(" ") };
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

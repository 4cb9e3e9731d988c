import type { PolicyDraft } from "./policy-draft.ts";

/** Path of a trigger's field in the answer of the server, without the trigger's place. */
const triggerFields: Record<string, keyof PolicyDraft> = {
  features: "driftFeatures",
  forHours: "driftHours",
  metric: "qualityMetric",
  below: "qualityBelow",
  forWindows: "qualityWindows",
  atLeast: "newLabels",
  cron: "cron",
  timeZone: "timeZone",
};

const fields: Record<string, keyof PolicyDraft> = {
  model: "model",
  endpoint: "endpoint",
  "rules.labels.atLeast": "labelsAtLeast",
  "rules.labels.perClass": "labelsPerClass",
  "rules.labels.completeness": "labelsComplete",
  "rules.labels.maxShareOfOneSource": "labelsOfOneSource",
  "rules.limits.cooldownHours": "cooldownHours",
  "rules.limits.maxPer30Days": "maxPer30Days",
  "rules.limits.costPerCycle": "costPerCycle",
  "rules.limits.maxAgeHours": "maxAgeHours",
  "rules.accept.margin": "marginPoints",
  "plan.data": "dataset",
  "plan.data.project": "project",
  "plan.data.dataset": "dataset",
  "plan.data.name": "dataset",
  "plan.job.template": "template",
  "plan.job.dataset": "datasetInJob",
  "plan.compare.frozenSet": "frozenSet",
  "plan.compare.freshSet": "freshSet",
};

/** Numbers of the form, each shown while its condition holds. */
const numbers: readonly [keyof PolicyDraft, (draft: PolicyDraft) => boolean][] = [
  ["driftHours", ({ hasDrift }) => hasDrift],
  ["qualityBelow", ({ hasQuality }) => hasQuality],
  ["qualityWindows", ({ hasQuality }) => hasQuality],
  ["newLabels", ({ hasLabels }) => hasLabels],
  ["labelsAtLeast", () => true],
  ["labelsPerClass", () => true],
  ["labelsComplete", () => true],
  ["labelsOfOneSource", () => true],
  ["cooldownHours", () => true],
  ["maxPer30Days", () => true],
  ["costPerCycle", ({ costPerCycle }) => costPerCycle.trim() !== ""],
  ["maxAgeHours", () => true],
  ["marginPoints", () => true],
  ["project", ({ dataKind }) => dataKind === "labels"],
];

export type FieldProblems = Partial<Record<keyof PolicyDraft, string>>;

/** Finds fields that hold no number, and choices that are missing, before the server is asked. */
export function missingIn(draft: PolicyDraft): FieldProblems {
  const problems: FieldProblems = {};
  for (const [field, isShown] of numbers) {
    const text = String(draft[field]).trim();
    if (isShown(draft) && (text === "" || !Number.isFinite(Number(text)))) problems[field] = "Enter a number.";
  }
  const choices: [keyof PolicyDraft, string][] = [
    ["model", "Choose a model."],
    ["endpoint", "Choose an endpoint."],
    ["dataset", "Enter the name of a dataset."],
    ["template", "Choose a template."],
    ["frozenSet", "Choose an evaluation set."],
  ];
  for (const [field, words] of choices) if (String(draft[field]).trim() === "") problems[field] = words;
  if (draft.hasQuality && draft.qualityMetric.trim() === "") problems.qualityMetric = "Enter a metric.";
  return problems;
}

/** Puts the server's complaints at the fields of the form. @returns what belongs to none of them, as one sentence; "" for none */
export function placeProblems(errors: Record<string, string> | undefined): { at: FieldProblems; other: string } {
  const at: FieldProblems = {};
  const others: string[] = [];
  for (const [path, words] of Object.entries(errors ?? {})) {
    const name = path.startsWith("rules.triggers.") ? triggerFields[path.split(".")[3] ?? ""] : fields[path];
    if (name) at[name] ??= words;
    else others.push(words);
  }
  return { at, other: others.join(" ") };
}

import { planOf, presets } from "#components/release/rollouts/plan/plan-draft.ts";
import type { RetrainingPlan, RetrainingPolicy, RetrainingTrigger } from "#server/improve/retraining/contract.ts";
import type { CreateRetrainingPolicy, RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";

/** What the form of a policy holds: texts as they are typed. */
export interface PolicyDraft {
  model: string;
  endpoint: string;
  combine: RetrainingPolicy["combine"];
  hasDrift: boolean;
  driftHours: string;
  driftFeatures: string;
  hasQuality: boolean;
  qualitySource: "realised" | "estimated";
  qualityMetric: string;
  qualityBelow: string;
  qualityWindows: string;
  hasLabels: boolean;
  newLabels: string;
  hasSchedule: boolean;
  cron: string;
  timeZone: string;
  labelsAtLeast: string;
  labelsPerClass: string;
  labelsComplete: string;
  labelsOfOneSource: string;
  cooldownHours: string;
  maxPer30Days: string;
  costPerCycle: string;
  maxAgeHours: string;
  dataKind: RetrainingPlan["data"]["kind"];
  project: string;
  dataset: string;
  template: string;
  datasetInJob: string;
  frozenSet: string;
  freshSet: string;
  marginPoints: string;
  /** Name of a preset; "" keeps the plan that the policy has. */
  rollout: string;
  needsApproval: boolean;
}

/** The form of a new policy, with the defaults of docs/spec/retraining.md. */
export const newPolicyDraft: PolicyDraft = {
  model: "",
  endpoint: "",
  combine: "any",
  hasDrift: true,
  driftHours: "24",
  driftFeatures: "",
  hasQuality: false,
  qualitySource: "realised",
  qualityMetric: "accuracy",
  qualityBelow: "",
  qualityWindows: "3",
  hasLabels: false,
  newLabels: "5000",
  hasSchedule: false,
  cron: "0 2 1 * *",
  timeZone: "UTC",
  labelsAtLeast: "500",
  labelsPerClass: "20",
  labelsComplete: "80",
  labelsOfOneSource: "30",
  cooldownHours: "24",
  maxPer30Days: "8",
  costPerCycle: "",
  maxAgeHours: "168",
  dataKind: "dataset",
  project: "",
  dataset: "",
  template: "",
  datasetInJob: "training",
  frozenSet: "",
  freshSet: "",
  marginPoints: "0.2",
  rollout: presets.careful.name,
  needsApproval: false,
};

const isOf =
  <Kind extends RetrainingTrigger["kind"]>(kind: Kind) =>
  (trigger: RetrainingTrigger): trigger is Extract<RetrainingTrigger, { kind: Kind }> =>
    trigger.kind === kind;

/** Kinds of triggers that the form shows, one of each; others stay as they are. */
const shownKinds: readonly RetrainingTrigger["kind"][] = ["drift", "quality", "labels", "schedule"];

/** Fills the form from a policy. */
export function policyDraftOf({ model, endpoint, rules, plan }: RetrainingPolicyDetails): PolicyDraft {
  const drift = rules.triggers.find(isOf("drift"));
  const quality = rules.triggers.find(isOf("quality"));
  const labels = rules.triggers.find(isOf("labels"));
  const schedule = rules.triggers.find(isOf("schedule"));
  const { data, job, compare, release } = plan;
  return {
    ...newPolicyDraft,
    model,
    endpoint: endpoint.name,
    combine: rules.combine,
    hasDrift: drift !== undefined,
    ...(drift && { driftHours: String(drift.forHours), driftFeatures: drift.features.join(", ") }),
    hasQuality: quality !== undefined,
    ...(quality && {
      qualitySource: quality.source,
      qualityMetric: quality.metric,
      qualityBelow: String(quality.below),
      qualityWindows: String(quality.forWindows),
    }),
    hasLabels: labels !== undefined,
    ...(labels && { newLabels: String(labels.atLeast) }),
    hasSchedule: schedule !== undefined,
    ...(schedule && { cron: schedule.cron, timeZone: schedule.timeZone }),
    labelsAtLeast: String(rules.labels.atLeast),
    labelsPerClass: String(rules.labels.perClass),
    labelsComplete: percentOf(rules.labels.completeness),
    labelsOfOneSource: percentOf(rules.labels.maxShareOfOneSource),
    cooldownHours: String(rules.limits.cooldownHours),
    maxPer30Days: String(rules.limits.maxPer30Days),
    costPerCycle: rules.limits.costPerCycle === null ? "" : String(rules.limits.costPerCycle),
    maxAgeHours: String(rules.limits.maxAgeHours),
    dataKind: data.kind,
    project: data.kind === "labels" ? String(data.project) : "",
    dataset: data.kind === "labels" ? data.dataset : data.name,
    template: job.template,
    datasetInJob: job.dataset,
    frozenSet: compare.frozenSet,
    freshSet: compare.freshSet ?? "",
    marginPoints: percentOf(rules.accept.margin),
    rollout: "",
    needsApproval: release.needsApproval,
  };
}

/**
 * Reads the form; the server checks it. An empty number becomes NaN, which is refused at its field.
 * @param known the policy that is changed: what the form does not show stays
 */
export function readPolicyDraft(
  draft: PolicyDraft,
  known?: Pick<RetrainingPolicyDetails, "rules" | "plan">,
): Pick<CreateRetrainingPolicy, "rules" | "plan"> {
  const costPerCycle = draft.costPerCycle.trim() === "" ? null : numberOf(draft.costPerCycle);
  const preset = Object.values(presets).find(({ name }) => name === draft.rollout) ?? presets.careful;
  const rolloutPlan = draft.rollout === "" && known ? known.plan.release.plan : planOf(preset.make());
  return {
    rules: {
      triggers: [
        ...shownTriggers(draft),
        ...(known?.rules.triggers ?? []).filter(({ kind }) => !shownKinds.includes(kind)),
      ],
      combine: draft.combine,
      labels: {
        atLeast: numberOf(draft.labelsAtLeast),
        perClass: numberOf(draft.labelsPerClass),
        completeness: shareOf(draft.labelsComplete),
        maxShareOfOneSource: shareOf(draft.labelsOfOneSource),
      },
      limits: {
        ...known?.rules.limits,
        cooldownHours: numberOf(draft.cooldownHours),
        maxPer30Days: numberOf(draft.maxPer30Days),
        costPerCycle,
        maxAgeHours: numberOf(draft.maxAgeHours),
      },
      accept: { ...known?.rules.accept, margin: shareOf(draft.marginPoints) },
    },
    plan: {
      data: dataOf(draft),
      job: { ...known?.plan.job, template: draft.template, dataset: draft.datasetInJob.trim() },
      compare: { frozenSet: draft.frozenSet, freshSet: draft.freshSet.trim() === "" ? null : draft.freshSet.trim() },
      release: { plan: rolloutPlan, needsApproval: draft.needsApproval },
    },
  };
}

function shownTriggers(draft: PolicyDraft): CreateRetrainingPolicy["rules"]["triggers"] {
  const features = draft.driftFeatures.split(",").map((feature) => feature.trim());
  return [
    ...(draft.hasDrift
      ? [
          {
            kind: "drift" as const,
            features: features.filter((feature) => feature !== ""),
            forHours: numberOf(draft.driftHours),
          },
        ]
      : []),
    ...(draft.hasQuality
      ? [
          {
            kind: "quality" as const,
            source: draft.qualitySource,
            metric: draft.qualityMetric.trim(),
            below: numberOf(draft.qualityBelow),
            forWindows: numberOf(draft.qualityWindows),
          },
        ]
      : []),
    ...(draft.hasLabels ? [{ kind: "labels" as const, atLeast: numberOf(draft.newLabels) }] : []),
    ...(draft.hasSchedule
      ? [{ kind: "schedule" as const, cron: draft.cron.trim(), timeZone: draft.timeZone.trim() }]
      : []),
  ];
}

function dataOf({ dataKind, project, dataset }: PolicyDraft): CreateRetrainingPolicy["plan"]["data"] {
  if (dataKind === "labels") return { kind: "labels", project: numberOf(project), dataset: dataset.trim() };
  return { kind: dataKind, name: dataset.trim() };
}

const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
/** Percents to two decimals, so that 0.2 % is 0.002 and comes back as 0.2. */
const shareOf = (percent: string) => Math.round(numberOf(percent) * 100) / 10_000;
const percentOf = (share: number) => String(Math.round(share * 10_000) / 100);

import { LabelSettings } from "#server/improve/labelling/contract.ts";

/** Settings as their fields hold them: shares in percent. */
export interface SettingsDraft {
  stop: number | string;
  minAnswers: number | string;
  maxAnswers: number | string;
  overlapShare: number | string;
  auditShare: number | string;
  goldShare: number | string;
  minGoldAccuracy: number | string;
  labelWithinDays: number | string;
  leaseMinutes: number | string;
  modelVotes: boolean;
  showPredictions: boolean;
  weightField: string;
  hiddenFields: string[];
}

const percent = (share: number) => Math.round(share * 10_000) / 100;

export function toSettingsDraft(settings: LabelSettings): SettingsDraft {
  return {
    stop: percent(settings.stop),
    minAnswers: settings.minAnswers,
    maxAnswers: settings.maxAnswers,
    overlapShare: percent(settings.overlapShare),
    auditShare: percent(settings.auditShare),
    goldShare: percent(settings.goldShare),
    minGoldAccuracy: percent(settings.minGoldAccuracy),
    labelWithinDays: settings.labelWithinDays,
    leaseMinutes: Math.round((settings.leaseSeconds / 60) * 100) / 100,
    modelVotes: settings.modelVotes,
    showPredictions: settings.showPredictions,
    weightField: settings.weightField ?? "",
    hiddenFields: settings.hiddenFields,
  };
}

/** Returns the settings, or complaints by field of the draft. */
export function readSettingsDraft(draft: SettingsDraft): {
  settings?: LabelSettings;
  complaints: Partial<Record<keyof SettingsDraft, string>>;
} {
  const { leaseMinutes, ...rest } = draft;
  const share = (value: number | string) => numberOf(value) / 100;
  const { data, error } = LabelSettings.safeParse({
    ...rest,
    stop: share(draft.stop),
    overlapShare: share(draft.overlapShare),
    auditShare: share(draft.auditShare),
    goldShare: share(draft.goldShare),
    minGoldAccuracy: share(draft.minGoldAccuracy),
    minAnswers: numberOf(draft.minAnswers),
    maxAnswers: numberOf(draft.maxAnswers),
    labelWithinDays: numberOf(draft.labelWithinDays),
    leaseSeconds: Math.round(numberOf(leaseMinutes) * 60),
    weightField: draft.weightField.trim() === "" ? null : draft.weightField.trim(),
  });
  if (data && data.minAnswers > data.maxAnswers) {
    return { complaints: { maxAnswers: "Must be at least the minimum." } };
  }
  if (data) return { settings: data, complaints: {} };
  const complaints = Object.fromEntries(
    error.issues.map((issue) => {
      const field = String(issue.path[0]);
      const name = field === "leaseSeconds" ? "leaseMinutes" : field;
      return [name, limits[name as keyof typeof limits] ?? "Enter a value."];
    }),
  );
  return { complaints };
}

/** An empty field is no number. */
function numberOf(value: number | string): number {
  return value === "" ? Number.NaN : Number(value);
}

const limits = {
  stop: "Must be 50% to 99.99%.",
  minAnswers: "Must be a whole number from 1 to 20.",
  maxAnswers: "Must be a whole number from 1 to 20.",
  overlapShare: "Must be 0% to 100%.",
  auditShare: "Must be 10% to 100%.",
  goldShare: "Must be 0% to 50%.",
  minGoldAccuracy: "Must be 50% to 99%.",
  labelWithinDays: "Must be a whole number from 1 to 365.",
  leaseMinutes: "Must be 0.5 to 60 minutes.",
  weightField: "Must be at most 200 characters.",
  hiddenFields: "At most 100 fields of 200 characters.",
} as const;

import type { JobSpec, TemplateParameter } from "#server/improve/training/contract.ts";
import type { JobTemplate, SaveTemplate } from "#server/improve/training/templates/contract.ts";
import { draftOfSpec, type JobDraft, newJobDraft, numberOrText, readSpec } from "../submit/job-draft.ts";
import { linesOfTexts, readTexts } from "../text-lines.ts";

/** A parameter as it was typed. */
export interface ParameterDraft {
  name: string;
  kind: TemplateParameter["kind"];
  default: string;
  /** One a line. */
  choices: string;
  min: string;
  max: string;
  help: string;
}

/** Fields of the form of a template. */
export interface TemplateDraft {
  name: string;
  description: string;
  /** Id of the engine; "" for the one that is chosen at the submit. */
  engineId: string;
  registerAs: string;
  keepLast: string;
  stopOnNoNumber: boolean;
  stopOnExploding: boolean;
  job: JobDraft;
  parameters: ParameterDraft[];
}

export const newParameter: ParameterDraft = {
  name: "",
  kind: "number",
  default: "",
  choices: "",
  min: "",
  max: "",
  help: "",
};

export const newTemplateDraft: TemplateDraft = {
  name: "",
  description: "",
  engineId: "",
  registerAs: "",
  keepLast: "3",
  stopOnNoNumber: false,
  stopOnExploding: false,
  job: newJobDraft,
  parameters: [],
};

/** Fills the form with a template. */
export function draftOfTemplate({ name, description, spec }: JobTemplate): TemplateDraft {
  const { job, parameters, engineId } = spec;
  return {
    name,
    description,
    engineId: engineId ?? "",
    registerAs: job.registerAs ?? "",
    keepLast: String(job.checkpoints.keepLast),
    stopOnNoNumber: job.stopOn.includes("no-number"),
    stopOnExploding: job.stopOn.includes("exploding"),
    job: { ...newJobDraft, ...draftOfSpec(job) },
    parameters: parameters.map((each) => ({
      name: each.name,
      kind: each.kind,
      default: String(each.default),
      choices: linesOfTexts(each.choices),
      min: each.min === null ? "" : String(each.min),
      max: each.max === null ? "" : String(each.max),
      help: each.help,
    })),
  };
}

/** Reads what is saved; the server checks it. @param known template that is changed: what the form does not show stays */
export function readTemplateDraft(draft: TemplateDraft, known?: JobTemplate): SaveTemplate {
  const base: JobSpec | undefined = known?.spec.job;
  const stopOn = [
    ...(draft.stopOnNoNumber ? (["no-number"] as const) : []),
    ...(draft.stopOnExploding ? (["exploding"] as const) : []),
  ];
  return {
    name: draft.name,
    description: draft.description,
    spec: {
      ...known?.spec,
      engineId: draft.engineId === "" ? null : draft.engineId,
      job: {
        ...readSpec(draft.job, base),
        registerAs: draft.registerAs.trim() === "" ? null : draft.registerAs,
        stopOn,
        checkpoints: { ...base?.checkpoints, keepLast: Number(draft.keepLast) },
      },
      parameters: filledIn(draft.parameters).map(readParameter),
    },
  };
}

/** Leaves out the rows in which nothing was typed. The server's complaints count the others. */
export function filledIn(parameters: readonly ParameterDraft[]): ParameterDraft[] {
  return parameters.filter((each) =>
    (["name", "default", "choices", "min", "max"] as const).some((field) => each[field].trim() !== ""),
  );
}

/** Returns what a parameter begins with: of a choice, the first one until another is chosen. */
export function defaultOf({ kind, default: value, choices }: ParameterDraft): string {
  if (kind === "boolean") return value === "true" ? "true" : "false";
  if (kind !== "choice") return value;
  const all = readTexts(choices);
  return all.includes(value) ? value : (all[0] ?? "");
}

function readParameter(parameter: ParameterDraft) {
  const { name, kind, choices, min, max, help } = parameter;
  const isNumber = kind === "number" || kind === "integer";
  const bound = (text: string) => (isNumber && text.trim() !== "" ? (numberOrText(text) as number) : null);
  const value = defaultOf(parameter);
  return {
    name: name.trim(),
    kind,
    default: isNumber && value.trim() !== "" ? numberOrText(value) : kind === "boolean" ? value === "true" : value,
    choices: kind === "choice" ? readTexts(choices) : [],
    min: bound(min),
    max: bound(max),
    help,
  };
}

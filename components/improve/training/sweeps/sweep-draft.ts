import { isNumeral } from "#server/base/text/is-numeral.ts";
import type { TemplateParameter } from "#server/improve/training/contract.ts";
import type { Dimension, StartSweep } from "#server/improve/training/sweeps/contract.ts";
import { readValue, type TemplateChoice } from "../submit/job-draft.ts";
import { linesOfTexts, readTexts } from "../text-lines.ts";

/** How a parameter varies: not at all, over a list, or over a range, evenly or by its logarithm. */
export type Variation = "fixed" | "values" | "range" | "log";

/** A parameter of the form, as it was typed. */
export interface VariedDraft {
  varies: Variation;
  value: string;
  /** Of numbers, separated by commas; of texts, one a line. */
  values: string;
  /** Of choices, and of true and false: those that are checked. */
  picked: string[];
  min: string;
  max: string;
}

/** Fields of the form, as they were typed. */
export interface SweepDraft {
  name: string;
  template: string;
  engine: string;
  experiment: string;
  priority: "normal" | "low";
  kind: "grid" | "random";
  trials: string;
  maxParallel: string;
  seed: string;
  metric: string;
  goal: "min" | "max";
  hasHalving: boolean;
  first: string;
  factor: string;
  last: string;
  parameters: Record<string, VariedDraft>;
}

/** Fills the form from a template: no parameter varies yet, and the metric is that of its best checkpoint. */
export function draftOfTemplate(template: TemplateChoice | undefined, engine: string): SweepDraft {
  const best = template?.job.checkpoints.best;
  return {
    name: "",
    template: template?.name ?? "",
    engine,
    experiment: "Training",
    priority: "normal",
    kind: "random",
    trials: "20",
    maxParallel: "2",
    seed: "0",
    metric: best?.metric ?? "",
    goal: best?.goal ?? "max",
    hasHalving: false,
    first: "1",
    factor: "3",
    last: "100",
    parameters: Object.fromEntries((template?.parameters ?? []).map((each) => [each.name, variedDraft(each)])),
  };
}

function variedDraft(parameter: TemplateParameter): VariedDraft {
  const { kind, default: value, min, max } = parameter;
  return {
    varies: "fixed",
    value: String(value),
    values: kind === "text" ? linesOfTexts([String(value)]) : String(value),
    picked: pickable(parameter) ?? [],
    min: min === null ? "" : String(min),
    max: max === null ? "" : String(max),
  };
}

/** Lists all values of a parameter that has a few; undefined for those whose values are typed. */
export function pickable({ kind, choices }: TemplateParameter): string[] | undefined {
  if (kind === "boolean") return ["true", "false"];
  return kind === "choice" ? [...new Set(choices)] : undefined;
}

/** Lists how a parameter may vary: a grid has no ranges, and only numbers have any. */
export function variationsOf(kind: TemplateParameter["kind"], sweep: SweepDraft["kind"]): Variation[] {
  const isNumber = kind === "number" || kind === "integer";
  return isNumber && sweep === "random" ? ["fixed", "values", "range", "log"] : ["fixed", "values"];
}

/** Changes the kind of a sweep; ranges become lists of their ends in a grid. */
export function withKind(draft: SweepDraft, kind: SweepDraft["kind"]): SweepDraft {
  const parameters = Object.entries(draft.parameters).map(([name, each]): [string, VariedDraft] => {
    const isRange = each.varies === "range" || each.varies === "log";
    if (kind === "random" || !isRange) return [name, each];
    return [name, { ...each, varies: "values", values: [each.min, each.max].filter(Boolean).join(", ") }];
  });
  return { ...draft, kind, parameters: Object.fromEntries(parameters) };
}

/** Says what the form lacks, by field: "parameters.lr", "metric"; what is left is for the server to refuse. */
export function sweepProblems(draft: SweepDraft, template: TemplateChoice): Record<string, string> {
  const numbers: [keyof SweepDraft, boolean][] = [
    ["trials", draft.kind === "random"],
    ["seed", draft.kind === "random"],
    ["maxParallel", true],
    ["first", draft.hasHalving],
    ["factor", draft.hasHalving],
    ["last", draft.hasHalving],
  ];
  const parameters = template.parameters.flatMap((parameter) => {
    const each = draft.parameters[parameter.name];
    const problem = each && problemOf(parameter, each);
    return problem === undefined ? [] : [[`parameters.${parameter.name}`, problem] as const];
  });
  return Object.fromEntries([
    ...(Object.values(draft.parameters).some(({ varies }) => varies !== "fixed")
      ? []
      : [["parameters", "Vary at least one parameter."] as const]),
    ...parameters,
    ...(draft.metric.trim() === "" ? [["metric", "Enter the metric to compare trials by."] as const] : []),
    ...numbers.flatMap(([name, isShown]) =>
      isShown && !isNumeral(String(draft[name]).trim()) ? [[name, "Enter a number."] as const] : [],
    ),
  ]);
}

function problemOf(parameter: TemplateParameter, each: VariedDraft): string | undefined {
  if (each.varies === "fixed") return undefined;
  if (each.varies === "values") {
    if (listOf(parameter, each).length > 0) return undefined;
    return pickable(parameter) ? "Check at least one value." : "List at least one value.";
  }
  const hasEnds = isNumeral(each.min.trim()) && isNumeral(each.max.trim());
  return hasEnds ? undefined : "Enter a minimum and a maximum.";
}

function listOf(parameter: TemplateParameter, { values, picked }: VariedDraft): string[] {
  const all = pickable(parameter);
  if (all) return all.filter((each) => picked.includes(each));
  if (parameter.kind === "text") return readTexts(values);
  return values
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}

/** Reads what is started; the server checks it. */
export function readSweepDraft(draft: SweepDraft, template: TemplateChoice): StartSweep {
  const { kind, metric, goal } = draft;
  const all = template.parameters.map((parameter) => ({ parameter, typed: draft.parameters[parameter.name] }));
  const fixed = all.flatMap(({ parameter, typed }) =>
    typed?.varies === "fixed" ? [[parameter.name, typedValue(parameter, typed.value)] as const] : [],
  );
  const space = all.flatMap(({ parameter, typed }) =>
    typed && typed.varies !== "fixed" ? [[parameter.name, dimensionOf(parameter, typed)] as const] : [],
  );
  return {
    name: draft.name.trim() || `${template.name} sweep`,
    template: template.name,
    ...(draft.engine !== "" && { engine: draft.engine }),
    ...(draft.experiment.trim() !== "" && { experiment: draft.experiment }),
    priority: draft.priority,
    parameters: Object.fromEntries(fixed),
    sweep: {
      kind,
      space: Object.fromEntries(space),
      ...(kind === "random" && { trials: Number(draft.trials), seed: Number(draft.seed) }),
      maxParallel: Number(draft.maxParallel),
      metric: metric.trim(),
      goal,
      halving: draft.hasHalving
        ? {
            metric: metric.trim(),
            goal,
            first: Number(draft.first),
            factor: Number(draft.factor),
            last: Number(draft.last),
          }
        : null,
    },
  };
}

function dimensionOf(parameter: TemplateParameter, each: VariedDraft): Dimension {
  const { varies, min, max } = each;
  if (varies === "values") {
    return { kind: "values", values: listOf(parameter, each).map((value) => typedValue(parameter, value)) };
  }
  const kind = parameter.kind === "integer" ? "integer" : "number";
  return { kind, min: Number(min), max: Number(max), log: varies === "log" };
}

/** A text stays one, also where it looks like a number. What a number's field has that is none is for the server to refuse. */
function typedValue({ kind }: TemplateParameter, typed: string): string | number | boolean {
  return kind === "text" || kind === "choice" ? typed : readValue(typed.trim());
}

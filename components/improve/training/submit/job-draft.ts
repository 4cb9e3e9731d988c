import type { JobSpec, Parameters, TemplateParameter } from "#server/improve/training/contract.ts";
import type { SubmitJob } from "#server/improve/training/jobs/contract.ts";

/** Fields of the form, as they were typed. */
export interface JobDraft {
  name: string;
  experiment: string;
  /** "" for a command of its own. */
  template: string;
  engine: string;
  priority: "urgent" | "normal" | "low";
  /** Values of the template's parameters, by name. */
  values: Record<string, string>;
  /** One argument a line. */
  command: string;
  image: string;
  /** One a line: name = value. */
  parameters: string;
  /** One a line: NAME=value. */
  environment: string;
  seed: string;
  cores: string;
  gpus: string;
  gpuKind: string;
  memoryGb: string;
  nodes: string;
  spot: boolean;
  hours: string;
  cost: string;
  maxFailures: string;
  /** Dataset versions, by the name that the program knows them by. */
  datasets: Record<string, string>;
}

/** A template, as far as the form needs it. */
export interface TemplateChoice {
  name: string;
  revision: number;
  engine: string | null;
  parameters: TemplateParameter[];
  job: JobSpec;
}

export const newJobDraft: JobDraft = {
  name: "",
  experiment: "Training",
  template: "",
  engine: "",
  priority: "normal",
  values: {},
  command: "",
  image: "",
  parameters: "",
  environment: "",
  seed: "0",
  cores: "1",
  gpus: "0",
  gpuKind: "",
  memoryGb: "",
  nodes: "1",
  spot: false,
  hours: "24",
  cost: "",
  maxFailures: "0",
  datasets: {},
};

const linesOf = (record: Record<string, unknown>, sign: string) =>
  Object.entries(record)
    .map(([name, value]) => `${name}${sign}${String(value)}`)
    .join("\n");

/** Fills the form with what a job ran. */
export function draftOfSpec(spec: JobSpec): Partial<JobDraft> {
  const { resources, limits } = spec;
  return {
    command: spec.command.join("\n"),
    image: spec.image ?? "",
    parameters: linesOf(spec.parameters, " = "),
    environment: linesOf(spec.environment, "="),
    seed: String(spec.seed),
    cores: String(resources.cores),
    gpus: String(resources.gpus),
    gpuKind: resources.gpuKind,
    memoryGb: resources.memoryBytes === 0 ? "" : String(resources.memoryBytes / 1e9),
    nodes: String(resources.nodes),
    spot: resources.spot,
    hours: String(limits.hours),
    cost: limits.cost === null ? "" : String(limits.cost),
    maxFailures: String(limits.maxFailures),
    datasets: { ...spec.datasets },
  };
}

/** Values of a template's parameters: those of a job that ran it, else its defaults. */
export function valuesOfTemplate(template: TemplateChoice, known: Parameters = {}): Record<string, string> {
  return Object.fromEntries(
    template.parameters.map(({ name, default: value }) => [name, String(known[name] ?? value)]),
  );
}

/** Names of the template's parameters that differ from what the form began with. */
export function changedValues(values: Record<string, string>, before: Record<string, string>): Set<string> {
  return new Set(Object.keys(values).filter((name) => values[name] !== before[name]));
}

/** Reads "name = value" lines; numbers, true and false become such. Lines without a name are left out. */
export function readParameters(text: string): Parameters {
  return Object.fromEntries(readLines(text).map(([name, value]) => [name, readValue(value)]));
}

function readLines(text: string): [string, string][] {
  return text.split("\n").flatMap((line): [string, string][] => {
    const at = line.indexOf("=");
    const name = (at === -1 ? line : line.slice(0, at)).trim();
    return name === "" ? [] : [[name, at === -1 ? "" : line.slice(at + 1).trim()]];
  });
}

export function readValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  // JavaScript reads 0x10 and an empty text as numbers too.
  const isDecimal = text !== "" && !/[xob]/i.test(text) && Number.isFinite(Number(text));
  return isDecimal ? Number(text) : text;
}

/** An empty field is the default; what is no number is left for the server to refuse. */
const number = (text: string, fallback: number) => (text.trim() === "" ? fallback : Number(text));

/** Reads the specification of the form. @param base specification whose other fields stay */
export function readSpec(draft: JobDraft, base?: JobSpec): NonNullable<SubmitJob["spec"]> {
  const { resources, limits, ...rest } = base ?? {};
  return {
    ...rest,
    command: draft.command.split("\n").filter((line) => line !== ""),
    image: draft.image.trim() === "" ? null : draft.image.trim(),
    parameters: readParameters(draft.parameters),
    environment: Object.fromEntries(readLines(draft.environment)),
    seed: number(draft.seed, 0),
    datasets: draft.datasets,
    resources: {
      ...resources,
      cores: number(draft.cores, 1),
      gpus: number(draft.gpus, 0),
      gpuKind: draft.gpuKind.trim(),
      memoryBytes: Math.round(number(draft.memoryGb, 0) * 1e9),
      nodes: number(draft.nodes, 1),
      spot: draft.spot,
    },
    limits: {
      ...limits,
      hours: number(draft.hours, 24),
      cost: draft.cost.trim() === "" ? null : Number(draft.cost),
      maxFailures: number(draft.maxFailures, 0),
    },
  } as NonNullable<SubmitJob["spec"]>;
}

/** Reads what is submitted; the server checks it. @param base specification of the job that the form was filled from */
export function readJobDraft(draft: JobDraft, template: TemplateChoice | undefined, base?: JobSpec): SubmitJob {
  const common = {
    ...(draft.name.trim() !== "" && { name: draft.name }),
    ...(draft.engine !== "" && { engine: draft.engine }),
    ...(draft.experiment.trim() !== "" && { experiment: draft.experiment }),
    priority: draft.priority,
  };
  if (!template) return { ...common, spec: readSpec(draft, base) as NonNullable<SubmitJob["spec"]> };
  const parameters = template.parameters.map(({ name, kind, default: value }): [string, string | number | boolean] => {
    const typed = draft.values[name] ?? String(value);
    if (kind === "boolean") return [name, typed === "true"];
    const isNumber = (kind === "number" || kind === "integer") && typed.trim() !== "" && !Number.isNaN(Number(typed));
    return [name, isNumber ? Number(typed) : typed];
  });
  return { ...common, template: template.name, parameters: Object.fromEntries(parameters) };
}

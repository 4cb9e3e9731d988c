import type { JobSpec, Parameters, TemplateParameter } from "#server/improve/training/contract.ts";
import type { SubmitJob } from "#server/improve/training/jobs/contract.ts";
import { readText } from "../text-lines.ts";

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
  datasets: { name: string; id: string }[];
  /** SHA-256 of its package; "" for none. */
  packageKey: string;
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
  datasets: [],
  packageKey: "",
};

/** Writes "name = value" lines. A text that would be read as something else is quoted, as in JSON. */
const linesOf = (record: Record<string, string | number | boolean>, sign: string, read: (text: string) => unknown) =>
  Object.entries(record)
    .map(([name, value]) => {
      const text = String(value);
      const isPlain = read(text) === value && !text.includes("\n");
      return `${name}${sign}${isPlain ? text : JSON.stringify(value)}`;
    })
    .join("\n");

/** Lines that begin and end an argument of several lines, as in Markdown: more signs than any line in it begins with. */
const fence = /^`{3,}$/;

/** Writes one argument a line; one that has several lines, or none, stands between two lines of "```". */
function linesOfCommand(command: readonly string[]): string {
  return command
    .map((argument) => {
      if (argument !== "" && !argument.includes("\n") && !fence.test(argument)) return argument;
      const longest = Math.max(2, ...argument.split("\n").map((line) => (fence.test(line) ? line.length : 0)));
      const mark = "`".repeat(longest + 1);
      return [mark, argument, mark].join("\n");
    })
    .join("\n");
}

/** Reads what linesOfCommand writes. Empty lines outside of an argument are left out. */
export function readCommand(text: string): string[] {
  const command: string[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (!fence.test(line)) {
      if (line !== "") command.push(line);
      continue;
    }
    const found = lines.indexOf(line, at + 1);
    const end = found === -1 ? lines.length : found;
    command.push(lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return command;
}

/** Fills the form with what a job ran. */
export function draftOfSpec(spec: JobSpec): Partial<JobDraft> {
  const { resources, limits } = spec;
  return {
    command: linesOfCommand(spec.command),
    image: spec.image ?? "",
    parameters: linesOf(spec.parameters, " = ", readValue),
    environment: linesOf(spec.environment, "=", readText),
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
    datasets: Object.entries(spec.datasets).map(([name, id]) => ({ name, id })),
    packageKey: spec.packageKey ?? "",
  };
}

/** Fills the form with a job that is changed. An urgent one becomes normal for those who may not submit it. */
export function draftOfJob(
  { spec, priority, engine }: { spec: JobSpec; priority: JobDraft["priority"]; engine: string | null },
  { experiment, mayBeUrgent }: { experiment: string; mayBeUrgent: boolean },
): Partial<JobDraft> {
  return {
    ...draftOfSpec(spec),
    experiment,
    priority: priority === "urgent" && !mayBeUrgent ? "normal" : priority,
    ...(engine !== null && { engine }),
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
  return isDecimal ? Number(text) : readText(text);
}

/** An empty field is the default; what is no number stays a text, for the server to refuse: in JSON, NaN would be null. */
const number = <Default>(text: string, fallback: Default) => (text.trim() === "" ? fallback : numberOrText(text));

/** Reads a number; a text that is none stays as it is. */
export const numberOrText = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);

/** Reads the specification of the form. @param base specification whose other fields stay */
export function readSpec(draft: JobDraft, base?: JobSpec): NonNullable<SubmitJob["spec"]> {
  const { resources, limits, ...rest } = base ?? {};
  const memoryGb = number(draft.memoryGb, 0);
  return {
    ...rest,
    command: readCommand(draft.command),
    image: draft.image.trim() === "" ? null : draft.image.trim(),
    parameters: readParameters(draft.parameters),
    environment: Object.fromEntries(readLines(draft.environment).map(([name, value]) => [name, readText(value)])),
    seed: number(draft.seed, 0),
    datasets: Object.fromEntries(
      draft.datasets.flatMap(({ name, id }) => (name.trim() === "" && id === "" ? [] : [[name.trim(), id]])),
    ),
    packageKey: draft.packageKey === "" ? null : draft.packageKey,
    resources: {
      ...resources,
      cores: number(draft.cores, 1),
      gpus: number(draft.gpus, 0),
      gpuKind: draft.gpuKind.trim(),
      memoryBytes: typeof memoryGb === "number" ? Math.round(memoryGb * 1e9) : memoryGb,
      nodes: number(draft.nodes, 1),
      spot: draft.spot,
    },
    limits: {
      ...limits,
      hours: number(draft.hours, 24),
      cost: number(draft.cost, null),
      maxFailures: number(draft.maxFailures, 0),
    },
  } as NonNullable<SubmitJob["spec"]>;
}

/** Says what rows of datasets lack, in their order; undefined for those that are complete, or empty. */
export function datasetProblems(rows: JobDraft["datasets"]): (string | undefined)[] {
  return rows.map(({ name, id }, at) => {
    if (name.trim() === "" && id === "") return undefined;
    if (name.trim() === "") return "Enter a name.";
    if (id === "") return "Choose a version.";
    const isTaken = rows.slice(0, at).some((each) => each.name.trim() === name.trim());
    return isTaken ? "Two datasets have this name." : undefined;
  });
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
    const isNumber = (kind === "number" || kind === "integer") && typed.trim() !== "";
    return [name, isNumber ? numberOrText(typed) : typed];
  });
  return { ...common, template: template.name, parameters: Object.fromEntries(parameters) };
}

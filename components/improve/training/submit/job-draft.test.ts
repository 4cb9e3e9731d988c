import { expect, test } from "vitest";
import { JobSpec, TemplateParameter } from "#server/improve/training/contract.ts";
import { SubmitJob } from "#server/improve/training/jobs/contract.ts";
import {
  changedValues,
  datasetProblems,
  draftOfJob,
  draftOfSpec,
  newJobDraft,
  readCommand,
  readJobDraft,
  readParameters,
  valuesOfTemplate,
} from "./job-draft.ts";

const full = JobSpec.parse({
  command: ["python", "-c", "print(1)"],
  image: "train:1",
  packageKey: "a".repeat(64),
  parameters: { lr: 0.0005, name: "convnext nano", deep: true },
  environment: { A: "b=c" },
  seed: 20_260_603,
  resources: { cores: 4, gpus: 1, gpuKind: "a10g", memoryBytes: 16e9, nodes: 2, spot: true },
  datasets: { train: "3f9b36a5-4c55-4d0d-8d08-6f2e3c1a7a10" },
  limits: { hours: 4, cost: 2.88, maxFailures: 1, maxPreemptions: 7, graceSeconds: 120 },
  stopOn: ["no-number"],
  checkpoints: { keepLast: 5, best: { metric: "val", goal: "max" } },
  registerAs: "parcel-damage",
});

test("a job that is edited keeps what the form does not show", () => {
  const draft = { ...newJobDraft, ...draftOfSpec(full) };
  expect(JobSpec.parse(readJobDraft(draft, undefined, full).spec)).toEqual(full);
});

test("a job that is edited keeps its experiment, priority and engine", () => {
  const job = { spec: full, priority: "low" as const, engine: "local" };
  const draft = { ...newJobDraft, ...draftOfJob(job, { experiment: "Digits", mayBeUrgent: false }) };
  expect(readJobDraft(draft, undefined, full)).toMatchObject({
    experiment: "Digits",
    priority: "low",
    engine: "local",
  });
  const urgent = { ...job, priority: "urgent" as const };
  const priorityFor = (mayBeUrgent: boolean) => draftOfJob(urgent, { experiment: "Digits", mayBeUrgent }).priority;
  expect([priorityFor(true), priorityFor(false)]).toEqual(["urgent", "normal"]);
});

test("a job that is edited keeps arguments of several lines, and the types of its values", () => {
  const command = ["python", "-c", "\nfor n in range(3):\n\n  print(n)\n", "", "```", "a\n````\nb", " two words "];
  const spec = JobSpec.parse({
    command,
    parameters: { version: "1", on: "true", quoted: '"a"', padded: " a ", lines: "a\nb", half: '"', rate: 1e-7 },
    environment: { LINES: "a\nb", QUOTED: '"a"', NUMBER: "1" },
  });
  expect(JobSpec.parse(readJobDraft({ ...newJobDraft, ...draftOfSpec(spec) }, undefined).spec)).toEqual(spec);
  expect(readCommand("python\n\n-c\n```\nnot closed\n")).toEqual(["python", "-c", "not closed\n"]);
});

test("an empty form has the defaults, and no command is refused", () => {
  const input = readJobDraft({ ...newJobDraft, command: "python\ntrain.py", seed: "", hours: "" }, undefined);
  expect(SubmitJob.parse(input).spec).toEqual(JobSpec.parse({ command: ["python", "train.py"] }));
  expect(SubmitJob.safeParse(readJobDraft(newJobDraft, undefined)).success).toBe(false);
  expect(SubmitJob.safeParse(readJobDraft({ ...newJobDraft, command: "a", cores: "two" }, undefined)).success).toBe(
    false,
  );
});

test("what is no number is refused as it was typed, also where it goes through JSON", () => {
  for (const [field, typed] of [
    ["cost", "abc"],
    ["cost", "1,5"],
    ["cost", "Infinity"],
    ["memoryGb", "much"],
    ["hours", "a"],
  ] as const) {
    const input = readJobDraft({ ...newJobDraft, command: "a", [field]: typed }, undefined);
    expect(SubmitJob.safeParse(JSON.parse(JSON.stringify(input))).success).toBe(false);
    expect(JSON.stringify(input)).toContain(`"${typed}"`);
  }
  expect(readJobDraft({ ...newJobDraft, command: "a", cost: "1.5" }, undefined).spec?.limits?.cost).toBe(1.5);
});

test("a dataset that is half filled in is kept, and says what it lacks", () => {
  const [id] = Object.values(full.datasets);
  const datasets = ["train", "", " ", " train "].map((name, at) => ({ name, id: at === 1 ? "" : (id ?? "") }));
  expect(datasetProblems([{ name: "test", id: "" }, ...datasets])).toEqual([
    "Choose a version.",
    undefined,
    undefined,
    "Enter a name.",
    "Two datasets have this name.",
  ]);
  for (const row of [
    { name: "test", id: "" },
    { name: "", id: id ?? "" },
  ]) {
    const draft = { ...newJobDraft, command: "a" };
    expect(SubmitJob.safeParse(readJobDraft({ ...draft, datasets: [row] }, undefined)).success).toBe(false);
  }
});

test("reads parameters with their types", () => {
  expect(
    readParameters("lr = 5e-4\nbatch=128\n\nname = a = b\nflag = true\nversion = 1.2.3\nmask = 0x10\nempty"),
  ).toEqual({
    lr: 0.0005,
    batch: 128,
    name: "a = b",
    flag: true,
    version: "1.2.3",
    mask: "0x10",
    empty: "",
  });
});

test("submits a template with its parameters, and knows which were changed", () => {
  const parameters = [
    { name: "batch", kind: "integer", default: 64 },
    { name: "backbone", kind: "choice", default: "nano", choices: ["nano", "tiny"] },
    { name: "augment", kind: "boolean", default: false },
    { name: "tag", kind: "text", default: "7" },
  ].map((each) => TemplateParameter.parse(each));
  const template = { name: "image-classifier", revision: 12, engine: "local", parameters, job: full };
  const before = valuesOfTemplate(template, { batch: 32 });
  const values = { ...before, batch: "128", augment: "true" };
  expect([...changedValues(values, before)]).toEqual(["batch", "augment"]);
  const draft = { ...newJobDraft, template: template.name, engine: "ray-west", values };
  expect(readJobDraft(draft, template)).toEqual({
    template: "image-classifier",
    engine: "ray-west",
    experiment: "Training",
    priority: "normal",
    parameters: { batch: 128, backbone: "nano", augment: true, tag: "7" },
  });
  // What is no number is sent as it is, so that the server says so.
  expect(readJobDraft({ ...draft, values: { ...values, batch: "many" } }, template).parameters?.batch).toBe("many");
});

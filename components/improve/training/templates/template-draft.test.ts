import { expect, test } from "vitest";
import { TemplateSpec } from "#server/improve/training/contract.ts";
import { SaveTemplate } from "#server/improve/training/templates/contract.ts";
import { defaultOf, draftOfTemplate, newParameter, newTemplateDraft, readTemplateDraft } from "./template-draft.ts";

const spec = TemplateSpec.parse({
  job: {
    command: ["python", "train.py"],
    parameters: { data: "full" },
    registerAs: "digits",
    stopOn: ["exploding"],
    limits: { hours: 2, maxLosses: 9 },
    checkpoints: { keepLast: 4, best: { metric: "acc", goal: "max" } },
    engineFields: { "spec.suspend": true },
  },
  engineId: "3f9b36a5-4c55-4d0d-8d08-6f2e3c1a7a10",
  isRehearsable: true,
  parameters: [
    { name: "lr", kind: "number", default: 0.1, min: 0, max: 1, help: "step size" },
    { name: "backbone", kind: "choice", default: "tiny, wide", choices: ["nano", "tiny, wide", " padded ", "1"] },
    { name: "augment", kind: "boolean", default: true },
    { name: "tag", kind: "text", default: "7" },
  ],
});
const at = new Date(0);
const id = "9c1de2a4-5f2b-4a3e-8d08-6f2e3c1a7a10";
const template = {
  id,
  name: "train-digits",
  description: "A net",
  revision: 3,
  spec,
  createdBy: "Priya",
  createdAt: at,
  updatedAt: at,
};

test("the form of a template keeps all of it", () => {
  const saved = SaveTemplate.parse(readTemplateDraft(draftOfTemplate(template), template));
  expect(saved).toEqual({ name: "train-digits", description: "A net", spec });
});

test("a new template takes the defaults, and leaves out parameters in which nothing was typed", () => {
  const draft = { ...newTemplateDraft, name: "a", job: { ...newTemplateDraft.job, command: "true" } };
  const saved = SaveTemplate.parse(readTemplateDraft({ ...draft, parameters: [newParameter] }));
  expect(saved.spec).toEqual(TemplateSpec.parse({ job: { command: ["true"] } }));
});

test("a parameter without a name is refused, not left out", () => {
  const parameters = [newParameter, { ...newParameter, default: "1" }];
  const job = { ...newTemplateDraft.job, command: "true" };
  const read = SaveTemplate.safeParse(readTemplateDraft({ ...newTemplateDraft, name: "a", job, parameters }));
  expect(read.error?.issues).toMatchObject([{ path: ["spec", "parameters", 0, "name"], message: "Enter a name." }]);
});

test("a default is one of the choices, the first until another is chosen", () => {
  const choice = { ...newParameter, name: "net", kind: "choice" as const, choices: "deep\nwide, shallow" };
  expect(defaultOf(choice)).toBe("deep");
  expect(defaultOf({ ...choice, default: "wide, shallow" })).toBe("wide, shallow");
  expect(defaultOf({ ...choice, default: "wide, shallow", choices: "deep" })).toBe("deep");
  expect(defaultOf({ ...choice, kind: "boolean", default: "7" })).toBe("false");
  const read = readTemplateDraft({ ...newTemplateDraft, parameters: [choice] }).spec.parameters;
  expect(read).toMatchObject([{ default: "deep", choices: ["deep", "wide, shallow"] }]);
});

test("what is no number stays refused", () => {
  const parameters = [{ ...newParameter, name: "lr", default: "1", min: "low" }];
  expect(SaveTemplate.safeParse(readTemplateDraft({ ...newTemplateDraft, name: "a", parameters })).success).toBe(false);
});

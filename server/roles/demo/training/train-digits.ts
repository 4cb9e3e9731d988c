import { isDeepStrictEqual } from "node:util";
import { log } from "#server/base/log.ts";
import { TemplateSpec } from "#server/improve/training/contract.ts";
import { type DemoTarget, send } from "../client.ts";
import type { Named } from "../night-shift/ensure-named.ts";
import type { TrainingProgram } from "./training-program.ts";

const engine = "this-machine";
const template = "Train digits here";
/** Visitors of the demo may submit jobs of their own to it, and the machine must stay usable. */
const settings = { kind: "local", cores: 1, maxJobs: 1, memoryBytes: 1_000_000_000 };
const limits = { hours: 1, graceSeconds: 10 };

const parameters = [
  { name: "steps", kind: "integer", default: 600, min: 1, max: 5_000, help: "Each is a pass over the 300 digits" },
  { name: "hidden", kind: "integer", default: 64, min: 1, max: 256, help: "Units of the hidden layer" },
  { name: "learning_rate", kind: "number", default: 0.001, min: 0.000001, max: 1, help: "Size of a step" },
  { name: "checkpoint_every", kind: "integer", default: 20, min: 1, max: 1_000, help: "Steps between checkpoints" },
];

/**
 * Submits a training job to this machine, which takes two to three minutes on an idle core and can be preempted on its page, unless there was one
 * before. A visitor submits others from the template. What is refused is logged and left out.
 */
export async function trainDigits(target: DemoTarget, program: TrainingProgram): Promise<void> {
  await ensureTrainingJob(target, program).catch((error: unknown) => {
    log.warn("demo.not-trained", { reason: String(error) });
  });
}

/** @returns the id of the job; undefined where one was submitted before. @throws RequestRefused */
export async function ensureTrainingJob(
  target: DemoTarget,
  program: TrainingProgram,
  chosen: Record<string, number> = {},
): Promise<string | undefined> {
  const api = `${target.url}/api/v1/training`;
  const { engines } = await send<{ engines: Named[] }>(target, "GET", `${api}/engines`);
  if (!engines.some(({ name }) => name === engine)) {
    await send(target, "POST", `${api}/engines`, { name: engine, settings });
  }
  await send(target, "PUT", `${api}/packages/${program.sha256}`, program.bytes);
  await ensureTemplate(target, api, program.sha256);
  const { jobs } = await send<{ jobs: { template: string | null }[] }>(target, "GET", `${api}/jobs?limit=500`);
  if (jobs.some((job) => job.template === template)) return undefined;
  const job = { name: "digits-from-scratch", template, parameters: chosen, experiment: "Digits on this machine" };
  return (await send<{ id: string }>(target, "POST", `${api}/jobs`, { ...job, engine })).id;
}

/**
 * Saves the template, and again when its program has changed or a visitor has changed what it runs: the machine runs the present program only, with
 * its own command.
 */
async function ensureTemplate(target: DemoTarget, api: string, packageKey: string): Promise<void> {
  const { templates } = await send<{ templates: (Named & { spec: TemplateSpec })[] }>(
    target,
    "GET",
    `${api}/templates`,
  );
  const spec = TemplateSpec.parse({
    job: {
      command: ["python3", "train.py"],
      packageKey,
      limits,
      stopOn: ["no-number"],
      checkpoints: { keepLast: 3, best: { metric: "accuracy", goal: "max" } },
      parameters: Object.fromEntries(parameters.map((each) => [each.name, each.default])),
    },
    parameters,
  });
  const saved = templates.find(({ name }) => name === template)?.spec;
  if (isDeepStrictEqual(saved, spec)) return;
  await send(target, "PUT", `${api}/templates/${encodeURIComponent(template)}`, {
    description:
      "A small network that reads digits, in Python's standard library. It saves every 20 steps, and resumes from there.",
    spec,
  });
}

import { isDeepStrictEqual } from "node:util";
import { TemplateSpec } from "#server/improve/training/contract.ts";
import { type DemoTarget, send } from "../client.ts";
import { ensureNamed, type Named } from "../night-shift/ensure-named.ts";
import type { TrainingProgram } from "../training/training-program.ts";

export const retrainingTemplate = "Retrain scanned digits";
/** An engine of its own: a retraining waits for no job that a visitor of the demo submits. */
const engine = {
  name: "this-machine-retraining",
  settings: { kind: "local", cores: 1, maxJobs: 1, memoryBytes: 1_000_000_000 },
};
const parameters = [
  { name: "epochs", kind: "integer", default: 15, min: 1, max: 100, help: "Each is a pass over the rows" },
  { name: "hidden", kind: "integer", default: 64, min: 1, max: 256, help: "Units of the hidden layer" },
  { name: "learning_rate", kind: "number", default: 0.1, min: 0.000001, max: 1, help: "Size of the first step" },
];

/** Saves the template that retraining submits, and again when its program has changed. @throws RequestRefused */
export async function ensureRetrainingTemplate(target: DemoTarget, program: TrainingProgram): Promise<void> {
  const api = `${target.url}/api/v1/training`;
  const { id: engineId } = await ensureNamed(target, "training/engines", engine);
  await send(target, "PUT", `${api}/packages/${program.sha256}`, program.bytes);
  const spec = TemplateSpec.parse({
    job: {
      command: ["python3", "retrain.py"],
      packageKey: program.sha256,
      limits: { hours: 0.5, graceSeconds: 10 },
      stopOn: ["no-number"],
      parameters: Object.fromEntries(parameters.map((each) => [each.name, each.default])),
    },
    parameters,
    engineId,
  });
  const { templates } = await send<{ templates: (Named & { spec: TemplateSpec })[] }>(
    target,
    "GET",
    `${api}/templates`,
  );
  const saved = templates.find(({ name }) => name === retrainingTemplate)?.spec;
  if (isDeepStrictEqual(saved, spec)) return;
  await send(target, "PUT", `${api}/templates/${encodeURIComponent(retrainingTemplate)}`, {
    description:
      "A small network that reads digits, in Python's standard library. It learns from the newest labelled rows.",
    spec,
  });
}

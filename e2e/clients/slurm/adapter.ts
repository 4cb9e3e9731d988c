import { createInterface } from "node:readline";
import { type EngineHandle, EngineSettings, JobSpec } from "../../../server/improve/training/contract.ts";
import { slurmEngine } from "../../../server/improve/training/engines/slurm/slurm-engine.ts";

/**
 * Leeway's adapter of Slurm as a program, for tests in Python: each line of the input is a call as JSON, each line of the output its answer.
 * Arguments: settings of the engine as JSON, a token of Slurm, path of what starts in place of the wrapper.
 */
type Call =
  | { name: "submit"; launch: string; spec: object }
  | { name: "look" | "remove"; handle: EngineHandle }
  | { name: "stop"; handle: EngineHandle; grace: number }
  | { name: "describe" };

const [given = "", token = "", wrapper = ""] = process.argv.slice(2);
const settings = EngineSettings.parse(JSON.parse(given));
if (settings.kind !== "slurm") throw new Error("Not an engine of Slurm's.");
const engine = slurmEngine({ settings, token, wrapper });

async function answer(call: Call): Promise<unknown> {
  const deadline = AbortSignal.timeout(60_000);
  switch (call.name) {
    case "submit": {
      const spec = JobSpec.parse({ command: ["true"], ...call.spec });
      const own = { id: call.launch, jobId: call.launch, workspaceId: "w", spec, package: null };
      return engine.submit({ ...own, wrapper: { url: "http://127.0.0.1:1", token: "lwl" } }, deadline);
    }
    case "look":
      return (await engine.look([call.handle], deadline))[0];
    case "stop":
      return engine.stop(call.handle, call.grace, deadline);
    case "remove":
      return engine.remove(call.handle, deadline);
    case "describe":
      return engine.describe(deadline);
  }
}

for await (const line of createInterface(process.stdin)) {
  const answered = await answer(JSON.parse(line)).then(
    (value) => ({ value: value ?? null }),
    (error: Error) => ({ error: error.message }),
  );
  process.stdout.write(`${JSON.stringify(answered)}\n`);
}

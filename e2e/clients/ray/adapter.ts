import { createInterface } from "node:readline";
import { EngineSettings, JobSpec } from "../../../server/improve/training/contract.ts";
import { rayEngine } from "../../../server/improve/training/engines/ray/ray-engine.ts";

/**
 * Leeway's adapter of Ray as a program, for tests in Python: each line of the input is a call as JSON, each line of the output its answer.
 * Arguments: address of Ray, its token, path of what starts in place of the wrapper.
 */
interface Call {
  name: "submit" | "look" | "stop" | "remove" | "describe";
  id: string;
  epoch: string;
  spec: object;
  package: { path: string; sha256: string } | null;
}

const [address = "", token = "", wrapper = ""] = process.argv.slice(2);
const settings = EngineSettings.parse({ kind: "ray", address });
if (settings.kind !== "ray") throw new Error("Not an engine of Ray's.");
const engine = rayEngine({ settings, token: token || undefined, wrapper });

async function answer({ name, id, epoch, spec, package: archive }: Call): Promise<unknown> {
  const deadline = AbortSignal.timeout(60_000);
  const handle = { id, epoch };
  switch (name) {
    case "submit": {
      const own = { id, jobId: id, workspaceId: "w", spec: JobSpec.parse({ command: ["true"], ...spec }) };
      return engine.submit(
        { ...own, wrapper: { url: "http://127.0.0.1:1", token: "lwl" }, package: archive },
        deadline,
      );
    }
    case "look":
      return (await engine.look([handle], deadline))[0];
    case "stop":
      return engine.stop(handle, 5, deadline);
    case "remove":
      return engine.remove(handle, deadline);
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

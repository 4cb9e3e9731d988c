import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { waitFor } from "../../suite/stack.ts";

/** Counts for longer than any drill, and saves every second. */
const program = `
import os, time
folder = os.environ["LEEWAY_CHECKPOINT_DIR"]
newest = max((name for name in os.listdir(folder) if name.startswith("step-")), default="step-0")
step = int(newest[5:])
while True:
    step += 1
    open(f"{folder}/tmp-save", "w").write(str(step))
    os.replace(f"{folder}/tmp-save", f"{folder}/step-{step:08d}")
    print("step", step, flush=True)
    time.sleep(1)
`;

interface Job {
  id: string;
  state: string;
}

/** Submits a training job on the worker's machine, and waits until its program runs. @returns its id */
export async function startJob(target: DemoTarget): Promise<string> {
  const path = `${target.url}/api/v1/training`;
  await send(target, "POST", `${path}/engines`, { name: "local", settings: { kind: "local", maxJobs: 1 } });
  const spec = { command: ["python3", "-c", program] };
  const { id } = await send<Job>(target, "POST", `${path}/jobs`, { name: "counting", engine: "local", spec });
  const isRunning = async () => (await send<Job>(target, "GET", `${path}/jobs/${id}`)).state === "running";
  await waitFor(isRunning, 180_000);
  return id;
}

/** Stops the job and waits for its end: what runs on the worker's machine outlives the worker. */
export async function stopJob(target: DemoTarget, id: string): Promise<void> {
  const path = `${target.url}/api/v1/training/jobs/${id}`;
  await send(target, "POST", `${path}/stop`, { reason: "The drill is over." });
  await waitFor(async () => (await send<Job>(target, "GET", path)).state === "stopped", 60_000);
}

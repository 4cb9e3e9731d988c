import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { type Exchange, startReplayServer } from "#server/testing/fixtures/training/replay-server.ts";
import { EngineSettings, JobSpec } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import { slurmEngine } from "./slurm-engine.ts";

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "leeway-slurm-engine-"));
const wrapper = join(folder, "wrapper.py");
await writeFile(wrapper, "import os, sys\nprint('wrapper in', os.getcwd(), sys.argv)\nsys.exit(7)\n");
const server = await startReplayServer();
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const given = {
  kind: "slurm",
  address: server.url,
  user: "trainer",
  partition: "spot",
  workingFolder: join(folder, "it's"),
};
const settings = EngineSettings.parse(given) as Extract<EngineSettings, { kind: "slurm" }>;
const engine = slurmEngine({ settings, token: "jwt", wrapper });
const deadline = AbortSignal.timeout(60_000);

const json = (body: unknown): Exchange["response"] => ({ status: 200, content_type: "application/json", body });
const unset = { set: false, number: 0 };
const job = (changes: object = {}) => ({
  job_id: 4,
  name: "tj-a-1",
  comment: '{"leeway_launch":"tj-a-1"}',
  job_state: ["RUNNING"],
  state_reason: "None",
  exit_code: { return_code: unset, signal: { id: unset, name: "" } },
  ...changes,
});
const jobs = (...all: object[]) => json({ jobs: all });
const handle = { id: "4", epoch: "tj-a-1" };
const done = json({ status: [] });

const launch = (spec: object = {}): Launch => ({
  id: "tj-a-1",
  jobId: "tj-a",
  workspaceId: "w",
  spec: JobSpec.parse({ command: ["python", "train.py"], environment: { PASSWORD: "secret" }, ...spec }),
  wrapper: { url: "https://leeway.example", token: "lwl_token" },
  package: null,
});

/** What is submitted for a launch. */
async function submitted(spec: object): Promise<{ script: string; job: Record<string, unknown> }> {
  server.answerWith(jobs(), json({ job_id: 4 }), jobs(job()));
  expect(await engine.submit(launch(spec), deadline)).toEqual(handle);
  return JSON.parse(server.received[1]?.body.toString() ?? "");
}

test("submits what the job may take, and nothing secret but the launch token", async () => {
  const resources = { cores: 1.5, gpus: 2, gpuKind: "h100", memoryBytes: 2 ** 30 };
  const { job } = await submitted({ resources, engineFields: { constraint: "fast", comment: "mine" } });
  expect(job).toEqual({
    name: "tj-a-1",
    comment: '{"leeway_launch":"tj-a-1"}',
    constraint: "fast",
    partition: "spot",
    tasks: 1,
    cpus_per_task: 2,
    memory_per_node: { set: true, number: 1024 },
    tres_per_node: "gres/gpu:h100:2",
    time_limit: { set: true, number: 24 * 60 + 11 },
    current_working_directory: settings.workingFolder,
    standard_output: `${settings.workingFolder}/leeway-%j.log`,
    standard_error: `${settings.workingFolder}/leeway-%j.log`,
    open_mode: ["APPEND"],
    requeue: false,
    environment: [
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "LANG=C.UTF-8",
      "LEEWAY_URL=https://leeway.example",
      "LEEWAY_LAUNCH=tj-a-1",
      "LEEWAY_LAUNCH_TOKEN=lwl_token",
    ],
  });
  const gang = await submitted({ resources: { nodes: 3 } });
  expect(gang.job).toMatchObject({ minimum_nodes: 3, maximum_nodes: 3, tasks: 3, tasks_per_node: 1 });
});

test("its script brings the wrapper, passes on its exit code, and leaves nothing behind", async () => {
  const { script } = await submitted({});
  const programs = join(folder, "bin");
  await mkdir(programs);
  // What srun does with a step on one machine.
  await writeFile(
    join(programs, "srun"),
    '#!/bin/sh\nwhile true; do case "$1" in --*) shift ;; *) exec "$@" ;; esac; done\n',
  );
  await chmod(join(programs, "srun"), 0o755);
  await writeFile(join(folder, "script.sh"), script);
  const env = { NODE_ENV: "test" as const, PATH: `${programs}:${process.env.PATH}` };
  const failed = await run("bash", [join(folder, "script.sh")], { env }).catch((error) => error);
  expect(failed.code).toBe(7);
  expect(failed.stdout).toContain(`wrapper in ${settings.workingFolder}/leeway-tj-a-1`);
  await expect(readFile(join(settings.workingFolder, "leeway-tj-a-1", "leeway_run.py"))).rejects.toThrow("ENOENT");
});

test("on several machines each runs the wrapper in a folder of its own, and says which it is", async () => {
  const programs = join(folder, "bin-of-several");
  await mkdir(programs);
  // What srun does with a step on two machines: both get the same input.
  const srun = `#!/bin/bash
args="$*"; input="$(cat)"; while true; do case "$1" in --*) shift ;; *) break ;; esac; done
echo "srun $args"
for rank in 0 1; do SLURM_PROCID=$rank "$@" <<< "$input"; code=$?; echo "code $code"; done
exit $code
`;
  await writeFile(join(programs, "srun"), srun);
  await chmod(join(programs, "srun"), 0o755);
  const printed = "print(*(os.environ['LEEWAY_' + name] for name in ('RANK', 'NODES', 'MAIN_ADDRESS')))";
  await writeFile(
    join(folder, "several.py"),
    `import os, sys\nprint('wrapper in', os.getcwd())\n${printed}\nsys.exit(7)\n`,
  );
  const other = slurmEngine({ settings, token: "jwt", wrapper: join(folder, "several.py") });
  server.answerWith(jobs(), json({ job_id: 4 }), jobs(job()));
  await other.submit(launch({ resources: { nodes: 2, cores: 1 } }), deadline);
  const body = JSON.parse(server.received[1]?.body.toString() ?? "");
  await writeFile(join(folder, "several.sh"), body.script);
  const env = { NODE_ENV: "test" as const, PATH: `${programs}:${process.env.PATH}` };
  const failed = await run("bash", [join(folder, "several.sh")], { env }).catch((error) => error);
  expect(failed.code).toBe(7);
  expect(failed.stdout).toContain("srun --overlap --nodes=2 --ntasks=2 --cpus-per-task=1 --ntasks-per-node=1");
  for (const rank of [0, 1]) {
    expect(failed.stdout).toContain(
      `wrapper in ${settings.workingFolder}/leeway-tj-a-1-${rank}\n${rank} 2 ${hostname()}\ncode 7`,
    );
  }
  await expect(readdir(settings.workingFolder)).resolves.toEqual([]);
});

test("finds what an earlier try submitted, and does not believe an answer alone", async () => {
  const other = job({ job_id: 3, comment: '{"leeway_launch":"tj-b-1"}' });
  server.answerWith(jobs(other, job()));
  expect(await engine.submit(launch(), deadline)).toEqual(handle);
  expect(server.received).toHaveLength(1);
  // The controller died right after its answer: it has lost the job, or given its number to another one.
  const deleted = {
    status: 404,
    content_type: "application/json",
    body: { jobs: [], errors: [{ error_number: 2017 }] },
  };
  for (const after of [deleted, jobs(job({ comment: "" }))]) {
    server.answerWith(jobs(), json({ job_id: 4 }), after);
    await expect(engine.submit(launch(), deadline)).rejects.toThrow("it is submitted again");
  }
});

test("a number that another job has got is gone", async () => {
  server.answerWith(jobs(job({ comment: '{"leeway_launch":"tj-b-1"}' })));
  expect(await engine.look([handle], deadline)).toMatchObject([{ state: "gone" }]);
  server.answerWith(jobs(job({ comment: "not JSON" })));
  await engine.stop(handle, 30, deadline);
  expect(server.received).toHaveLength(1);
});

test("looks at many launches with one call, and asks for one that is not in the list", async () => {
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  const all = ids.map((id) => job({ job_id: id, name: `tj-a-${id}`, comment: `{"leeway_launch":"tj-a-${id}"}` }));
  const handles = ids.map((id) => ({ id: String(id), epoch: `tj-a-${id}` }));
  const other = job({ job_id: 2, comment: '{"leeway_launch":"tj-b-1"}' });
  server.answerWith(jobs(all[0] ?? {}, other, ...all.slice(2, -1)), jobs(all.at(-1) ?? {}));
  const states = (await engine.look(handles, deadline)).map(({ state }) => state);
  expect(states).toEqual(ids.map((id) => (id === 2 ? "gone" : "running")));
  expect(server.received.map(({ path }) => path)).toEqual(["/slurm/v0.0.42/jobs/", "/slurm/v0.0.42/job/60"]);
});

test("asks a running job by a signal once, and cancels it when its time to save is over, or while it waits", async () => {
  const calls = () =>
    server.received.slice(1).map(({ method, path }) => `${method} ${path.replace("/slurm/v0.0.42", "")}`);
  server.answerWith(jobs(job()), json({}), done);
  await engine.stop(handle, 30, deadline);
  expect(calls()).toEqual(["POST /job/4", "DELETE /job/4?signal=SIGTERM&flags=FULL_STEPS_ONLY"]);
  const { comment } = JSON.parse(server.received[1]?.body.toString() ?? "") as { comment: string };
  expect(JSON.parse(comment)).toMatchObject({ leeway_launch: "tj-a-1" });
  server.answerWith(jobs(job({ comment })));
  await engine.stop(handle, 30, deadline);
  expect(calls()).toEqual([]);
  const asked = JSON.stringify({ leeway_launch: "tj-a-1", stop_asked_at: Date.now() - 46_000 });
  for (const one of [job({ comment: asked }), job({ job_state: ["PENDING"] })]) {
    server.answerWith(jobs(one), done);
    await engine.stop(handle, 30, deadline);
    expect(calls()).toEqual(["DELETE /job/4"]);
  }
});

test("what Slurm put back into its queue is not left there when it is removed", async () => {
  server.answerWith(jobs(job({ job_state: ["PENDING"], state_reason: "BeginTime" })), done);
  await engine.remove(handle, deadline);
  expect(server.received[1]).toMatchObject({ method: "DELETE", path: "/slurm/v0.0.42/job/4" });
  for (const kept of [job({ job_state: ["COMPLETED"] }), job({ comment: "" })]) {
    server.answerWith(jobs(kept));
    await engine.remove(handle, deadline);
    expect(server.received).toHaveLength(1);
  }
});

test("says what its partition has on machines that are up", async () => {
  const meta = { slurm: { release: "24.11.5", cluster: "lw" } };
  const node = {
    cpus: 8,
    alloc_cpus: 2,
    real_memory: 1024,
    alloc_memory: 24,
    gres: "gpu:h100:4(S:0)",
    gres_used: "gpu:h100:1(IDX:0)",
  };
  server.answerWith(
    json({ pings: [{ pinged: "UP" }], meta }),
    json({ partitions: [{ name: "spot" }, { name: "high" }] }),
    json({
      nodes: [
        { ...node, state: ["MIXED"], partitions: ["high", "spot"] },
        { ...node, state: ["IDLE", "DRAIN"], partitions: ["spot"] },
        { ...node, state: ["IDLE"], partitions: ["high"] },
      ],
    }),
  );
  expect(await engine.describe(deadline)).toMatchObject({
    version: "Slurm 24.11.5, cluster lw",
    capacity: {
      cores: { total: 8, free: 6 },
      memoryBytes: { total: 2 ** 30, free: 1000 * 2 ** 20 },
      gpus: { total: 4, free: 3 },
    },
    queues: ["spot", "high"],
  });
});

test("a job that waits for a time is not one that Slurm starts again", async () => {
  const waiting = { job_state: ["PENDING"], state_reason: "BeginTime" };
  for (const [restarts, words] of [
    [0, "has not been reached"],
    [1, "restarts it"],
  ] as const) {
    server.answerWith(jobs(job({ ...waiting, restart_cnt: restarts })));
    const [seen] = await engine.look([handle], deadline);
    expect(seen).toMatchObject({ state: "waiting", reason: expect.stringContaining(words) });
  }
});

test("refuses an image, and a missing token, in words", async () => {
  server.answerWith(jobs());
  await expect(engine.submit(launch({ image: "x" }), deadline)).rejects.toThrow("Leave the image empty");
  expect(() => slurmEngine({ settings, token: undefined, wrapper })).toThrow("Enter a Slurm token");
});

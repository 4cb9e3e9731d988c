import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { and, eq, isNotNull } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEngine } from "../engines/create-engine.ts";
import { stopJob } from "../jobs/stop-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { trainingWatcher } from "./training-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

test("an engine that answers questions but takes nothing is asked once a round, and its jobs are looked after", async () => {
  const answers: Record<string, object> = {
    "/api/version": { version: "4", ray_version: "2.60.0", session_name: "session-1" },
    "/nodes?view=summary": { data: { summary: [{ raylet: { resourcesTotal: { CPU: 64 } } }] } },
    "/api/jobs/": [],
  };
  let submits = 0;
  const ray = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    const isSubmit = request.method !== "GET";
    if (isSubmit) submits += 1;
    request.resume();
    response.statusCode = isSubmit ? 503 : 200;
    response.end(JSON.stringify(isSubmit ? {} : (answers[request.url ?? ""] ?? {})));
  });
  await new Promise<void>((resolve) => ray.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    ray.closeAllConnections();
    ray.close();
  });
  const watcher = trainingWatcher({
    db,
    feed: { subscribe: () => () => {} },
    place: {
      dataFolder: tmpdir(),
      machine: "here",
      wrapper: fileURLToPath(new URL("../wrapper/leeway_run.py", import.meta.url)),
      allowsLocal: false,
      localPackages: null,
      unpack: async () => {},
    },
    url: "http://leeway.test",
    fetchPackage: async () => null,
  });
  const ctx = await newWorkspace(db);
  const address = `http://127.0.0.1:${(ray.address() as AddressInfo).port}`;
  await createEngine(ctx, { name: "ray", settings: { kind: "ray", address } }, { allowsLocal: false });
  const artifacts = { stat: () => Promise.reject(new Error("No job has a package.")) };
  const submit = (name: string) =>
    submitJob(ctx, { name, engine: "ray", spec: { command: ["true"], resources: { cores: 1 } } }, { artifacts });
  const jobs = [await submit("first"), await submit("second"), await submit("third")];
  await watcher.evaluate();
  const inState = (state: "submitting" | "stopped") =>
    db.$count(trainingJobs, and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.state, state)));
  expect([await inState("submitting"), submits]).toEqual([3, 0]);
  await stopJob(ctx, { job: jobs[2]?.id ?? "" });
  await watcher.evaluate();
  // On a busy machine the work of a round may go on after it.
  await expect.poll(async () => [submits, await inState("stopped")]).toEqual([1, 1]);
  expect(await db.$count(trainingJobs, isNotNull(trainingJobs.endedAt))).toBe(1);
});

import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { teams, trainingLaunches } from "#db/schema/index.ts";
import { launchTokenOf } from "#server/improve/training/attempts/launch-token.ts";
import { Resources } from "#server/improve/training/contract.ts";
import { admitWaiting } from "#server/improve/training/watch/admit-waiting.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { launchJob, newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-training-v1-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const settings = { kind: "ray", address: "http://ray.test" };
const spec = { command: ["python3", "train.py"] };

test(
  "adds an engine and a template, submits a job, lists, shows and stops it",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts });
    expect((await call("POST", "/training/engines", { name: "west", settings })).status).toBe(201);
    expect((await call("POST", "/training/engines", { name: "west", settings })).status).toBe(409);
    const local = await call("POST", "/training/engines", { name: "local", settings: { kind: "local" } });
    expect(local).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("LOCAL_TRAINING") } },
    });
    const { engines } = (await call("GET", "/training/engines")).body;
    expect(engines).toMatchObject([{ name: "west", kind: "ray", isEnabled: true, hasSecret: false, waiting: 0 }]);

    const parameters = [{ name: "lr", kind: "number", default: 0.1, max: 1 }];
    const template = await call("PUT", "/training/templates/digits", { spec: { job: spec, parameters } });
    expect(template.body).toMatchObject({ name: "digits", revision: 1 });
    const submitted = { template: "digits", engine: "west", parameters: { lr: 0.2 } };
    const { status, body: job } = await call("POST", "/training/jobs", submitted);
    expect(status).toBe(201);
    expect(job).toMatchObject({
      state: "waiting",
      engine: "west",
      template: "digits",
      spec: { parameters: { lr: 0.2 } },
    });
    const wrong = await call("POST", "/training/jobs", { ...submitted, parameters: { lr: 2 } });
    expect(wrong.body.error.message).toBe('"lr" is at most 1.');
    expect((await call("GET", "/training/jobs?state=open")).body.jobs).toMatchObject([{ id: job.id }]);

    const stopped = await call("POST", `/training/jobs/${job.id}/stop`, { reason: "enough" });
    expect(stopped.body).toMatchObject({ stopRequest: { cause: "cancelled", reason: "enough" } });
    expect((await call("DELETE", "/training/templates/digits")).status).toBe(204);
    expect((await call("GET", "/training/templates")).body.templates).toEqual([]);
  }),
);

test(
  "sets quotas of teams and of the workspace",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts });
    const [team] = await ctx.db
      .insert(teams)
      .values({ workspaceId: ctx.actor.workspaceId, name: "vision" })
      .returning({ id: teams.id });
    const teamId = team?.id;
    await call("PUT", "/training/quotas", { teamId, gpus: 4, weight: 2 });
    await call("PUT", "/training/quotas", { teamId: null, maxJobs: 10 });
    await call("PUT", "/training/quotas", { teamId: null, maxJobs: 5 });
    expect((await call("GET", "/training/quotas")).body.quotas).toMatchObject([
      { team: null, maxJobs: 5, gpus: null },
      { team: "vision", maxJobs: null, gpus: 4, weight: 2 },
    ]);
    expect((await call("PUT", "/training/quotas", { teamId: randomUUID() })).status).toBe(404);
    const waiting = await newTrainingJob(ctx, { resources: Resources.parse({ gpus: 5 }) }, { teamId });
    await admitWaiting(ctx, Date.now());
    expect((await call("GET", `/training/jobs/${waiting.id}`)).body.waiting).toMatchObject({
      code: "team-gpus",
      words: "vision uses 0 of its 4 GPUs; this job needs 5.",
    });
  }),
);

test(
  "takes a package by its digest, and refuses a job whose package is not there",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts, db: ctx.db });
    await call("POST", "/training/engines", { name: "west", settings });
    const bytes = Buffer.from("a zip");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const job = { engine: "west", spec: { ...spec, packageKey: sha256 } };
    expect((await call("POST", "/training/jobs", job)).status).toBe(404);
    const other = await call("PUT", `/training/packages/${sha256}`, Buffer.from("another"));
    expect(other).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining("SHA-256") } } });
    expect((await call("PUT", `/training/packages/${sha256}`, bytes)).status).toBe(204);
    const submitted = await call("POST", "/training/jobs", job);
    expect(submitted.status).toBe(201);

    // The machine that it starts on gets it with the token of the launch, until the launch ends.
    const launchId = await launchJob(ctx, submitted.body.id);
    const path = `/training/launches/${launchId}/package`;
    const getAs = (token: string) => call("GET", path, undefined, { authorization: `Bearer ${token}` });
    const token = await launchTokenOf(ctx.db, launchId);
    expect(await getAs(token)).toMatchObject({ status: 200, body: bytes });
    expect(await getAs("lwl_none")).toMatchObject({ status: 401, body: { error_code: "UNAUTHENTICATED" } });
    await ctx.db
      .update(trainingLaunches)
      .set({ endedAt: new Date() })
      .where(eq(trainingLaunches.jobId, submitted.body.id));
    expect(await getAs(token)).toMatchObject({ status: 404, body: { error_code: "NOT_FOUND" } });
  }),
);

test(
  "starts an attempt for the token of its launch alone, once",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts, db: ctx.db });
    await call("POST", "/training/engines", { name: "west", settings });
    const { body: job } = await call("POST", "/training/jobs", { engine: "west", spec });
    const launchId = await launchJob(ctx, job.id);
    const path = `/training/launches/${launchId}/start`;
    const startAs = (token: string, host: string) => call("POST", path, { host }, { authorization: `Bearer ${token}` });
    const unknown = await startAs("lwl_none", "node-1");
    expect(unknown).toMatchObject({ status: 401, body: { error_code: "UNAUTHENTICATED" } });
    const token = await launchTokenOf(ctx.db, launchId);
    const started = await startAs(token, "node-1");
    expect(started).toMatchObject({
      status: 200,
      body: { attempt: 1, jobId: job.id, runId: job.runId, command: spec.command, heartbeatSeconds: 10 },
    });
    expect(started.body.environment).toMatchObject({ MLFLOW_RUN_ID: job.runId });
    const again = await startAs(token, "node-2");
    expect(again.body).toEqual({
      error_code: "CONFLICT",
      message: "Do not run this launch. Another copy of it is running.",
    });
    expect(again.status).toBe(409);
    const shown = await call("GET", `/training/jobs/${job.id}`);
    expect(shown.body).toMatchObject({ state: "running", attempts: [{ number: 1, host: "node-1" }] });
    expect(JSON.stringify(shown.body)).not.toContain(started.body.token);
  }),
);

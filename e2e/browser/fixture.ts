import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";

/** The running Leeway and its first account, as e2e/suite/stack.ts says them. */
export const leeway = {
  url: setting("LEEWAY_URL"),
  gatewayUrl: process.env.LEEWAY_GATEWAY_URL ?? "",
  token: setting("LEEWAY_TOKEN"),
  email: setting("LEEWAY_EMAIL"),
  password: setting("LEEWAY_PASSWORD"),
};

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run the journeys by "npm test", or against a running Leeway.`);
  return value;
}

type Cookies = Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;
let session: Cookies | undefined;

/** Signs in as the first account, by the form the first time and by its cookie afterwards, and opens `address`. */
export async function signIn(page: Page, address: string): Promise<void> {
  if (session) {
    await page.context().addCookies(session);
    await page.goto(address);
    return;
  }
  await page.goto(`/login?callbackUrl=${encodeURIComponent(address)}`);
  await signInByForm(page, leeway);
  await expect(page).not.toHaveURL(/\/login/);
  session = await page.context().cookies();
  await page.goto(address);
}

/** Fills in the sign-in page that is open. */
export async function signInByForm(page: Page, account: Person): Promise<void> {
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Calls an API of Leeway with the first token. @throws with the response if it is not successful. */
export async function call<Result = Record<string, never>>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Result> {
  const isFile = body instanceof Uint8Array;
  const response = await fetch(`${leeway.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${leeway.token}`,
      ...(body !== undefined && { "content-type": isFile ? "application/octet-stream" : "application/json" }),
    },
    ...(body !== undefined && { body: isFile ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : {}) as Result;
}

/** A user of the workspace who has set a password. */
export interface Person {
  email: string;
  password: string;
}

/** Creates a user of the workspace, and sets their password. */
export async function newPerson(role: string): Promise<Person> {
  const email = `${unique(role)}@example.test`;
  const made = await call<{ password: string }>("POST", "/api/v1/users", { email, name: `Ines, ${role}`, role });
  const password = "second-watch-4-bells";
  await asPerson({ email, password: made.password }, "PUT", "/api/v1/viewer/password", {
    currentPassword: made.password,
    newPassword: password,
  });
  return { email, password };
}

/** Calls the REST interface as a person. */
export async function asPerson(person: Person, method: string, path: string, body: unknown): Promise<void> {
  const basic = Buffer.from(`${person.email}:${person.password}`).toString("base64");
  const headers = { authorization: `Basic ${basic}`, "content-type": "application/json" };
  const response = await fetch(`${leeway.url}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

/** Calls MLflow's API: `mlflow("runs/create", { … })`. */
export function mlflow<Result = Record<string, never>>(path: string, body: unknown): Promise<Result> {
  return call<Result>("POST", `/api/2.0/mlflow/${path}`, body);
}

/** Returns a name that no other journey uses: "parcel-damage-k3j9x2". */
export function unique(name: string): string {
  return `${name}-${Math.random().toString(36).slice(2, 8)}`;
}

export async function newExperiment(name: string): Promise<string> {
  const { experiment_id } = await mlflow<{ experiment_id: string }>("experiments/create", { name });
  return experiment_id;
}

interface RunFixture {
  name: string;
  userName?: string;
  startedAt?: number;
  params?: Record<string, string>;
  tags?: Record<string, string>;
  /** Values by key; the index is the step. */
  metrics?: Record<string, (number | "NaN")[]>;
  /** Final status of the run; without it, the run stays running. */
  status?: "FINISHED" | "FAILED" | "KILLED";
  /** After its start. Default: one minute. */
  tookMs?: number;
}

/** Logs a run as a training script would. @returns its id. */
export async function newRun(experimentId: string, fixture: RunFixture): Promise<string> {
  const startedAt = fixture.startedAt ?? Date.now();
  const { run } = await mlflow<{ run: { info: { run_id: string } } }>("runs/create", {
    experiment_id: experimentId,
    run_name: fixture.name,
    start_time: startedAt,
    ...(fixture.userName && { user_id: fixture.userName }),
    tags: pairs(fixture.tags),
  });
  const runId = run.info.run_id;
  const took = fixture.tookMs ?? 60_000;
  const metrics = Object.entries(fixture.metrics ?? {}).flatMap(([key, values]) =>
    values.map((value, step) => ({
      key,
      value,
      step,
      timestamp: startedAt + Math.round((took * (step + 1)) / values.length),
    })),
  );
  await mlflow("runs/log-batch", { run_id: runId, params: pairs(fixture.params), metrics });
  if (fixture.status)
    await mlflow("runs/update", { run_id: runId, status: fixture.status, end_time: startedAt + took });
  return runId;
}

/** Adds one point of a metric to a run. */
export async function logMetric(runId: string, key: string, step: number, value: number | "NaN"): Promise<void> {
  await mlflow("runs/log-metric", { run_id: runId, key, value, step, timestamp: Date.now() });
}

/** Uploads a file to a run's artifacts. */
export async function putArtifact(experimentId: string, runId: string, path: string, body: Uint8Array): Promise<void> {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  await call("PUT", `/api/2.0/mlflow-artifacts/artifacts/${experimentId}/${runId}/artifacts/${encoded}`, body);
}

/** Reads a model file of the demo: "digits/models/digits-v1.onnx". */
export function demoFile(path: string): Buffer {
  return readFileSync(new URL(`../../server/roles/demo/data/${path}`, import.meta.url));
}

function pairs(record: Record<string, string> = {}): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

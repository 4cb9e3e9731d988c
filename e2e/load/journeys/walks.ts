import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { demoFile } from "#server/roles/demo/recording.ts";
import type { Effort, Hand } from "./hand.ts";

export interface Demo {
  /** Address of the console, without a slash at the end. */
  url: string;
  token: string;
}

export interface Walk {
  name: string;
  /** What happens before a person comes, such as a program that logs a run. */
  prepare?: (demo: Demo) => Promise<void>;
  /** What the person does, from Overview to what they came for. */
  walk: (hand: Hand) => Promise<void>;
  /** What it took at commit 2c7ec434, before the console was redrawn, counted in the same way. */
  before: Pick<Effort, "clicks" | "keys" | "fields">;
}

const run = "first-light";
/** The endpoint of the demo at which a faulty version is deployed within minutes. */
const failing = "digits-forms";
/** The one whose accuracy falls for good. */
const degraded = "flight-delay";

/** The five journeys of the review of the console, at the demo. */
export const walks: Walk[] = [
  // Before the next one, which registers a version without the pipeline that its endpoint needs.
  { name: "rollout from zero", walk: startRollout, before: { clicks: 6, keys: 0, fields: 1 } },
  {
    name: "first run to registered model",
    prepare: logFirstRun,
    walk: registerRun,
    before: { clicks: 11, keys: 0, fields: 1 },
  },
  { name: "dataset to drift", walk: followDataset, before: { clicks: 6, keys: 0, fields: 0 } },
  {
    name: "page to resolved",
    prepare: (demo) => waitForIncident(demo, failing),
    walk: resolvePage,
    before: { clicks: 3, keys: 4, fields: 2 },
  },
  {
    name: "what missed its target this month, and why",
    prepare: (demo) => waitForIncident(demo, degraded),
    walk: askWhatMissed,
    before: { clicks: 3, keys: 0, fields: 0 },
  },
];

/** Logs a run with a model, as a program does with MLflow. */
async function logFirstRun(demo: Demo): Promise<void> {
  const { experiment } = await call<{ experiment: { experiment_id: string } }>(
    demo,
    "GET",
    "/api/2.0/mlflow/experiments/get-by-name?experiment_name=digits",
  );
  const id = experiment.experiment_id;
  const created = await call<{ run: { info: { run_id: string } } }>(demo, "POST", "/api/2.0/mlflow/runs/create", {
    experiment_id: id,
    run_name: run,
    start_time: Date.now(),
  });
  const { run_id } = created.run.info;
  const metrics = [{ key: "val_accuracy", value: 0.999, step: 1, timestamp: Date.now() }];
  await call(demo, "POST", "/api/2.0/mlflow/runs/log-batch", { run_id, metrics });
  const file = new Blob([await readFile(demoFile("digits", "models/digits-v2.onnx"))]);
  await call(demo, "PUT", `/api/2.0/mlflow-artifacts/artifacts/${id}/${run_id}/artifacts/model/model.onnx`, file);
  await call(demo, "POST", "/api/2.0/mlflow/runs/update", { run_id, status: "FINISHED", end_time: Date.now() });
}

async function registerRun(hand: Hand): Promise<void> {
  const { page } = hand;
  await hand.click(page.getByRole("link", { name: "Experiments" }));
  await hand.click(page.getByRole("table", { name: "Experiments" }).getByRole("link", { name: "digits", exact: true }));
  await hand.click(page.getByRole("link", { name: run }).first());
  await hand.click(page.getByRole("button", { name: "Register model…" }));
  await hand.click(page.getByRole("dialog").getByRole("button", { name: "Register version" }));
  await page.waitForURL(/\/models\/digits\/v\d+$/);
}

async function startRollout(hand: Hand): Promise<void> {
  const { page } = hand;
  await hand.click(page.getByRole("link", { name: "Rollouts" }));
  await hand.click(page.getByRole("link", { name: "New rollout" }));
  await hand.fill(page.getByRole("textbox", { name: /^What changed in v/ }), "Reads faint digits");
  await hand.click(page.getByRole("button", { name: /^Start v\d+ at / }));
  await page.waitForURL(/\/rollouts\/[0-9a-f-]{36}$/);
}

async function followDataset(hand: Hand): Promise<void> {
  const { page } = hand;
  await hand.click(page.getByRole("link", { name: "Datasets" }));
  await hand.click(page.getByRole("link", { name: "nycflights13-training" }));
  await hand.click(page.getByRole("link", { name: "flight-delay v2" }).first());
  await hand.click(page.getByRole("link", { name: "flight-delay serves v2" }));
  await hand.click(page.getByRole("link", { name: /^Drift( |$)/ }));
  await page.waitForURL(/\/endpoints\/flight-delay\/drift/);
}

/** Waits for an open incident of an endpoint, which the demo has within minutes. */
async function waitForIncident(demo: Demo, endpoint: string): Promise<void> {
  const until = Date.now() + 10 * 60_000;
  while (Date.now() < until) {
    const { incidents } = await call<{ incidents: { title: string; state: string }[] }>(
      demo,
      "GET",
      "/api/v1/incidents",
    );
    if (incidents.some(({ title, state }) => title.startsWith(`${endpoint}:`) && state === "triage")) return;
    await pause(2000);
  }
  throw new Error(`The demo opened no incident of ${endpoint} within 10 minutes.`);
}

async function resolvePage(hand: Hand): Promise<void> {
  const { page } = hand;
  await hand.click(page.getByRole("link", { name: /^On call/ }));
  await hand.click(page.getByRole("option", { name: new RegExp(`${failing}:`) }));
  await page.getByRole("heading", { name: new RegExp(`^${failing}:`), level: 2 }).waitFor();
  await hand.press("a");
  await page.getByText("Acknowledged. Escalation stopped.").waitFor();
  await hand.press("r");
  await hand.fill(page.getByRole("dialog").getByRole("textbox", { name: "Reason" }), "The new version fails");
  await hand.press("Control+Enter");
  await page.getByText("Rolled back. Leeway monitors recovery.").waitFor();
  await hand.press("e");
  await hand.fill(page.getByRole("dialog").getByRole("textbox", { name: "Reason" }), "The old version serves");
  await hand.press("Control+Enter");
  await page.getByText(/^INC-\d+ resolved\.$/).waitFor();
}

async function askWhatMissed(hand: Hand): Promise<void> {
  const { page } = hand;
  await hand.click(page.getByRole("link", { name: "Month", exact: true }));
  await page.waitForURL(/period=month/);
  await hand.click(page.getByRole("main").getByRole("paragraph").locator("a[href^='/slos/']").first());
  await hand.click(page.getByRole("region", { name: "Budget consumers" }).locator("a[href*='/incidents/']").first());
  await page.waitForURL(/\/incidents\/\d+$|\/on-call\/INC-\d+$/);
}

async function call<T>({ url, token }: Demo, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: body instanceof Blob ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

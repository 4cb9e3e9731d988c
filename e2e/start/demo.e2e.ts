import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";
import type { FinishedLabelRun } from "#server/improve/labelling/runs/contract.ts";
import type { RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import type { EvaluationComparison, EvaluationSet } from "#server/release/evaluation/contract.ts";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import type { Review } from "#server/report/reports/reviews/contract.ts";
import type { GameDay, Precondition } from "#server/respond/drills/contract.ts";
import type { IncidentSummary } from "#server/respond/incidents/contract.ts";
import type { Queue, Triage } from "#server/respond/triage/contract.ts";
import { hasPython } from "#server/roles/demo/training/training-program.ts";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import { signIn } from "../load/tracking/session.ts";
import { newEnvironment, soon } from "./leeway.ts";

interface Demo {
  url: string;
  gatewayUrl: string;
  folder: string;
  /** Returns everything printed so far. */
  output(): string;
}

/** Starts the demo as its users do, with its own folder and ports, and stops it after the test. */
async function startDemo(): Promise<Demo> {
  const {
    DATA_DIR: folder = "",
    PORT: port = "",
    GATEWAY_PORT: gatewayPort = "",
    WORKER_PORT,
    FEAST_PORT,
  } = await newEnvironment();
  const ports = ["--port", port, "--gateway-port", gatewayPort];
  const child = spawn(process.execPath, ["server/roles/demo/main.ts", "--folder", folder, ...ports], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NODE_ENV: "production", WORKER_PORT, FEAST_PORT },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const [url, gatewayUrl] = [port, gatewayPort].map((each) => `http://127.0.0.1:${each}`) as [string, string];
  return { url, gatewayUrl, folder, output: () => output };
}

test("a user who starts the demo finds a page on the board within minutes, and its deployment", async () => {
  const demo = await startDemo();
  await vi.waitFor(() => expect(demo.output()).toContain("The demo is live"), soon);
  const token = (await readFile(join(demo.folder, "demo-token"), "utf8")).trim();
  const read = async <Result>(path: string): Promise<Result> => {
    const response = await fetch(`${demo.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as Result;
  };
  await expectPast(read);
  const row = await vi.waitFor(
    async () => {
      const { rows } = await read<Queue>("triage/queue?filter=pages");
      const found = rows.find(({ service, groupId }) => service === "digits-forms" && groupId !== null);
      expect(found).toMatchObject({ severity: "page", state: "unacknowledged", incident: { state: "triage" } });
      return found;
    },
    { ...soon, interval: 1_000 },
  );
  const { cause, runbook, nextEscalation } = await read<Triage>(`triage?group=${row?.groupId}`);
  expect(cause.change).toMatchObject({ kind: "deploy", title: "digits version 6 deployed to digits-forms" });
  expect(runbook).not.toBeNull();
  expect(nextEscalation?.people.map(({ email }) => email)).not.toEqual([]);
  await vi.waitFor(async () => {
    const answer = await flightByKey(demo.gatewayUrl, token);
    expect(answer.outputs[0]?.data).toHaveLength(2);
    expect(Object.keys(JSON.parse(answer.parameters.leeway_features))).toEqual(["carrier_schedule", "airport_weather"]);
  }, soon);
  await vi.waitFor(() => expect(demo.output()).toMatch(/Pager {12}page: .*digits-forms/), soon);
  await expectGameDay(demo, read);
  await expectLabels(read);
  await expectEvaluations(read);
  if (await hasPython()) await expectPolicies(read);
});

type Read = <Result>(path: string) => Promise<Result>;

/** Expects that the last month and week have releases, incidents and costs, on which list and reviews agree, and that it ended well. */
async function expectPast(read: Read): Promise<void> {
  for (const period of ["month", "week"]) {
    const { previous } = await read<ReportFacts>(`reports/current?period=${period}`);
    const report = await read<ReportFacts>(`reports/${previous}`);
    expect(report.releases.released.value).toBeGreaterThan(0);
    expect(report.incidents.count.value).toBeGreaterThan(0);
    expect(report.spend.spent.value).toBeGreaterThan(0);
    const query = new URLSearchParams({
      from: new Date(report.from).toISOString(),
      to: new Date(report.to - 1).toISOString(),
    });
    const { incidents } = await read<{ incidents: IncidentSummary[] }>(`incidents?${query}`);
    expect(incidents.map(({ state }) => state)).toEqual(Array(report.incidents.count.value ?? 0).fill("closed"));
    const { sections } = await read<Review>(`reviews/${previous}`);
    if (period === "week")
      expect(sections.find(({ item }) => item === "incidents")?.total).toBe(report.incidents.count.value);
  }
  const { budget } = await read<Pick<Slo, "budget">>("slos/digits-availability");
  expect(budget?.remaining).toBeGreaterThan(0.5);
}

/** Expects a planned game day that the account of the demo, once signed in, could start. */
async function expectGameDay({ url }: Demo, read: Read): Promise<void> {
  await signIn(url, "demo@leeway.example", "fair-winds");
  const { gameDays } = await read<{ gameDays: GameDay[] }>("game-days");
  expect(gameDays).toMatchObject([{ number: 1, state: "planned", endpoint: { name: "digits-thrifty" } }]);
  const { preconditions } = await read<{ preconditions: Precondition[] }>("game-days/1/preconditions");
  expect(preconditions.filter(({ isMet }) => !isMet)).toEqual([]);
}

/** Expects that two people have labelled digits, how far they agree, and that requests wait for the viewer. */
async function expectLabels(read: Read): Promise<void> {
  const { id } = await vi.waitFor(
    async () => {
      const { projects } = await read<{ projects: LabelProject[] }>("label-projects");
      const project = projects.find(({ name }) => name === "digits");
      const waiting = project?.counts.bySource.filter(({ source }) => source === "uncertain" || source === "audit");
      expect(waiting?.map(({ source }) => source).sort()).toEqual(["audit", "uncertain"]);
      return project as LabelProject;
    },
    { ...soon, interval: 1_000 },
  );
  const results = await vi.waitFor(
    async () => {
      const { run } = await read<{ run: FinishedLabelRun | null }>(`label-projects/${id}/runs/newest`);
      expect(run?.state).toBe("done");
      return run?.results;
    },
    { ...soon, interval: 1_000 },
  );
  expect(results?.people).toBe(2);
  expect(results?.answers).toBeGreaterThan(200);
  expect(results?.agreement.alpha.value).toBeGreaterThan(0.7);
  expect(results?.agreement.alpha.value).toBeLessThan(0.95);
  expect(results?.byPerson.map(({ gold }) => gold.seen > 0)).toEqual([true, true]);
}

/** Expects that the version with the wrong normalisation was compared with the champion on the digits that none was trained on. */
async function expectEvaluations(read: Read): Promise<void> {
  const comparison = await vi.waitFor(
    async () => {
      const { sets } = await read<{ sets: EvaluationSet[] }>("evaluation-sets");
      const set = sets.find(({ name }) => name === "digits-holdout");
      const query = "model=digits&version=5&baseVersion=2";
      const found = await read<Partial<EvaluationComparison>>(`evaluation-sets/${set?.id}/comparison?${query}`);
      expect(found.rows).toBe(500);
      return found as EvaluationComparison;
    },
    { ...soon, interval: 1_000 },
  );
  const [accuracy] = comparison.metrics;
  expect(accuracy).toMatchObject({ id: "accuracy", verdict: "worse" });
  expect(accuracy?.first).toBeCloseTo(0.62, 1);
  expect(accuracy?.second).toBeCloseTo(0.99, 2);
}

/** Expects the policies that train, and refuse to train, the models of two scanners. `npm run bench -- demo-loop` watches the whole loop. */
async function expectPolicies(read: Read): Promise<void> {
  await vi.waitFor(
    async () => {
      const { policies } = await read<{ policies: RetrainingPolicyDetails[] }>("retraining-policies");
      expect(policies.map(({ model }) => model)).toEqual(["scanned-digits", "till-digits"]);
    },
    { ...soon, interval: 1_000 },
  );
}

/** Sends only the keys of a recorded flight. */
async function flightByKey(gatewayUrl: string, token: string) {
  const key = (name: string, value: string) => ({ name, datatype: "BYTES", shape: [1], data: [value] });
  const response = await fetch(`${gatewayUrl}/v2/models/flight-delay-by-key/infer`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ inputs: [key("flight", "UA-0001"), key("airport", "EWR")] }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { outputs: { data: number[] }[]; parameters: { leeway_features: string } };
}

import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Stack } from "../../../suite/stack.ts";
import { roleProcess } from "../../chaos/faults.ts";
import { call, environmentOf, infer, raw, resultOf, until } from "./client.ts";
import type { Finding, Outcome } from "./finding.ts";

const upgrades = 300;
/** Nothing in the product holds an event loop for so long. */
const maxHoldMs = 500;

/** Measures how long a role takes to answer while an attack runs: its event loop does nothing else then. */
async function held(url: string, attack: Promise<string>): Promise<Outcome> {
  let maxMs = 0;
  let isDone = false;
  const outcome = attack.finally(() => {
    isDone = true;
  });
  // It is awaited below; until then a failure must not end the process.
  outcome.catch(() => {});
  while (!isDone) {
    const startedAt = performance.now();
    await fetch(`${url}/health/live`).catch(() => {});
    maxMs = Math.max(maxMs, performance.now() - startedAt);
    await pause(5);
  }
  const text = await outcome;
  return { now: `${text}; event loop held for at most ${Math.round(maxMs)} ms`, isFixed: maxMs < maxHoldMs };
}

async function workerUrl({ process }: Stack): Promise<string> {
  const pid = await roleProcess(process.pid ?? 0, "worker");
  return `http://127.0.0.1:${environmentOf(pid, "WORKER_PORT")}`;
}

async function newRun(stack: Stack): Promise<string> {
  const body = { experiment_id: "0", start_time: Date.now() };
  const { run } = resultOf<{ run: { info: { run_id: string } } }>(
    await call(stack, "POST", "/api/2.0/mlflow/runs/create", { body }),
  );
  return run.info.run_id;
}

async function registerMlmodel(stack: Stack): Promise<string> {
  const runId = await newRun(stack);
  const text = `flavors:\n  onnx:\n    data:${" ".repeat(1_500)}\rx`;
  const files = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/model`;
  const stored = await call(stack, "PUT", `${files}/MLmodel`, { body: Buffer.from(text) });
  await call(stack, "POST", "/api/2.0/mlflow/registered-models/create", { body: { name: "blanks" } });
  const body = { name: "blanks", source: `runs:/${runId}/model`, run_id: runId };
  const { status } = await call(stack, "POST", "/api/2.0/mlflow/model-versions/create", { body });
  // The worker reads the file some seconds later.
  await pause(10_000);
  return `stored ${stored.status}, registered ${status}`;
}

const descriptorsOf = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

/** Attacks that stop a role, or make it useless. */
export const availability: readonly Finding[] = [
  {
    id: "C1",
    request: "A head with 1,600 blanks before a control character, to the gateway, without sign-in",
    before: "event loop held for 6.7 s",
    attack: ({ gatewayUrl }) => {
      const head = `POST /v2/models/x/infer HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\nX:${" ".repeat(1_600)}\x01\r\n\r\n{}`;
      return held(
        gatewayUrl,
        raw(gatewayUrl, head).then(({ head: status, ms }) => `${status || "closed"} after ${Math.round(ms)} ms`),
      );
    },
  },
  {
    id: "C2",
    request: `${upgrades} requests to upgrade a connection, to the web role, without sign-in`,
    before: "each leaked a descriptor for good",
    attack: async ({ url, process }) => {
      const pid = await roleProcess(process.pid ?? 0, "web");
      const before = descriptorsOf(pid);
      const upgrade = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n";
      for (let count = 0; count < upgrades; count += 1) await raw(url, upgrade, 200);
      await until(() => descriptorsOf(pid) <= before + 10, 5_000);
      const after = descriptorsOf(pid);
      return { now: `${before} descriptors before, ${after} after`, isFixed: after <= before + 20 };
    },
  },
  {
    id: "H1",
    request: "A metric of 40,000 digits and a letter, with any token",
    before: "event loop held for 9.8 s",
    attack: async (stack) => {
      const body = { run_id: await newRun(stack), key: "k", value: `${"1".repeat(40_000)}x`, timestamp: 1, step: 0 };
      const sent = call(stack, "POST", "/api/2.0/mlflow/runs/log-metric", { body });
      return held(
        stack.url,
        sent.then(({ status, ms }) => `${status} after ${Math.round(ms)} ms`),
      );
    },
  },
  {
    id: "H2",
    request: "An MLmodel file with 1,500 blanks before a carriage return, as a member",
    before: "worker held for minutes",
    attack: async (stack) => held(await workerUrl(stack), registerMlmodel(stack)),
  },
  {
    id: "H3",
    request: "SIGSTOP to the worker",
    before: "not restarted within 45 s, web ready",
    attack: async ({ process: supervisor }) => {
      const pid = await roleProcess(supervisor.pid ?? 0, "worker");
      process.kill(pid, "SIGSTOP");
      const replaced = async () => {
        const now = await roleProcess(supervisor.pid ?? 0, "worker").catch(() => pid);
        return now !== pid;
      };
      const ms = await until(replaced, 60_000);
      if (ms === undefined) process.kill(pid, "SIGCONT");
      const now =
        ms === undefined ? "not replaced within 60 s" : `killed and replaced after ${Math.round(ms / 1000)} s`;
      return { now, isFixed: ms !== undefined };
    },
  },
  {
    id: "M5",
    request: "A body of which a byte arrives every second",
    before: "open after 7 minutes",
    attack: async ({ url }) => {
      const socket = (await import("node:net")).connect(Number(new URL(url).port), "127.0.0.1");
      const closed = new Promise<void>((resolve) => socket.on("error", () => {}).once("close", () => resolve()));
      socket.write("POST /api/v1/search HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      const dripping = setInterval(() => socket.write(" "), 1_000);
      const startedAt = performance.now();
      const late = pause(90_000).then(() => "late");
      const outcome = await Promise.race([closed.then(() => "closed"), late]);
      clearInterval(dripping);
      socket.destroy();
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      return { now: `${outcome} after ${seconds} s`, isFixed: outcome === "closed" };
    },
  },
  {
    id: "L1",
    request: "JSON 5,000 levels deep",
    before: "500",
    attack: (stack) =>
      statusBelow500(call(stack, "POST", "/api/v1/models", { body: "[".repeat(5_000) + "]".repeat(5_000) })),
  },
  {
    id: "L2",
    request: "A tensor of shape [0, 2^40]",
    before: "500",
    attack: async (stack) => {
      const inputs = [{ name: "n", datatype: "INT64", shape: [0, 2 ** 40], data: [] }];
      return statusBelow500(infer(stack, "zeros", { inputs }));
    },
  },
  {
    id: "L3",
    request: "OPTIONS *",
    before: "500",
    attack: async ({ url }) => {
      const { head } = await raw(url, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 5_000);
      return { now: head || "closed", isFixed: !/ 5\d\d /.test(`${head} `) };
    },
  },
  {
    id: "L4",
    request: "Two Host headers",
    before: "accepted",
    attack: async ({ url }) => {
      const { head } = await raw(
        url,
        "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        5_000,
      );
      return { now: head || "closed", isFixed: !head.includes(" 200 ") };
    },
  },
  {
    id: "L5",
    request: "A model's name with an override of the writing direction",
    before: "accepted",
    attack: async (stack) => {
      const { status } = await call(stack, "POST", "/api/v1/models", { body: { name: "a\u202eb" } });
      return { now: String(status), isFixed: status === 400 };
    },
  },
];

async function statusBelow500(response: ReturnType<typeof call>): Promise<Outcome> {
  const { status } = await response;
  return { now: String(status), isFixed: status > 0 && status < 500 };
}

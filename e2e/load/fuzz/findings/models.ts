import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { loopModel, memoryModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import type { Stack } from "../../../suite/stack.ts";
import { childrenOf, roleProcess } from "../../chaos/faults.ts";
import { call, environmentOf, infer, resultOf, until } from "./client.ts";
import type { Finding } from "./finding.ts";

/** Deploys a model to an endpoint of its name, and waits until the gateway serves it. */
async function deploy(stack: Stack, name: string, file: Buffer, execution?: object): Promise<void> {
  resultOf(await call(stack, "POST", `/api/v1/models/${name}/versions`, { body: file }));
  resultOf(await call(stack, "POST", "/api/v1/endpoints", { body: { name } }));
  if (execution) resultOf(await call(stack, "PATCH", `/api/v1/endpoints/${name}`, { body: { execution } }));
  resultOf(await call(stack, "POST", `/api/v1/endpoints/${name}/deployments`, { body: { model: name, version: 1 } }));
  const ready = `${stack.gatewayUrl}/v2/models/${name}/ready`;
  const headers = { authorization: `Bearer ${stack.environment.LEEWAY_TOKEN}` };
  const isServed = await until(async () => (await fetch(ready, { headers })).ok, 60_000);
  if (isServed === undefined) throw new Error(`The gateway does not serve "${name}".`);
}

/** Deploys the models of these attacks. */
export async function deployHostileModels(stack: Stack): Promise<void> {
  await deploy(stack, "zeros", memoryModel());
  await deploy(stack, "forever", loopModel(), { runLimitMs: 2_000 });
}

const zeros = (stack: Stack, count: number) =>
  infer(stack, "zeros", { inputs: [{ name: "n", datatype: "INT64", shape: [1], data: [count] }] });

const doubled = (stack: Stack, times: number) =>
  infer(stack, "forever", {
    inputs: [
      { name: "n", datatype: "INT64", shape: [], data: [times] },
      { name: "x", datatype: "FP32", shape: [1], data: [1] },
    ],
  });

function readableFiles(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if (entry.isFile() && (mode & 0o007) !== 0) found.push(relative(folder, path));
  }
  return found;
}

/** Attacks by the author of a model, and by other users of the machine. */
export const models: readonly Finding[] = [
  {
    id: "M10",
    request: "Files in the data folder that every user of the machine may read",
    before: "artifacts, exports, model copies, spool",
    attack: async ({ dataFolder }) => {
      const found = readableFiles(dataFolder);
      return { now: found.length > 0 ? `${found.length}, such as ${found[0]}` : "none", isFixed: found.length === 0 };
    },
  },
  {
    id: "M11a",
    request: "A request for 20 GB by one number, to a model of about 100 bytes; then one for 3 numbers",
    before: "1.2 GB for 3e8, and the gateway's end for more",
    attack: async (stack) => {
      const pid = await roleProcess(stack.process.pid ?? 0, "gateway");
      const large = await zeros(stack, 5e9);
      const small = await zeros(stack, 3);
      const isSame = (await roleProcess(stack.process.pid ?? 0, "gateway")) === pid;
      const isFixed = large.status === 500 && large.body.includes("memory") && small.status === 200 && isSame;
      return { now: `${large.status} ${large.body}; then ${small.status}`, isFixed };
    },
  },
  {
    id: "M11b",
    request: "A request whose output has 400 MB",
    before: "copied",
    attack: async (stack) => {
      const { status, body } = await zeros(stack, 1e8);
      return { now: `${status} ${body.slice(0, 200)}`, isFixed: status === 500 && body.includes("At most") };
    },
  },
  {
    id: "M11c",
    request: "A run without end, then one of 3 rounds",
    before: "a thread hung",
    attack: async (stack) => {
      const endless = await doubled(stack, 2 ** 52);
      const next = await doubled(stack, 3);
      const now = `${endless.status} after ${Math.round(endless.ms)} ms; then ${next.status}`;
      return { now, isFixed: endless.status === 500 && endless.ms < 10_000 && next.status === 200 };
    },
  },
  {
    id: "M11d",
    request: "DATABASE_URL in the environment of model processes",
    before: "there",
    attack: async (stack) => {
      const children = await childrenOf(await roleProcess(stack.process.pid ?? 0, "gateway"));
      // As root; who is not cannot read the environment of an isolated process either.
      const leaking = children.filter((pid) => {
        try {
          return environmentOf(pid, "DATABASE_URL") !== undefined;
        } catch {
          return false;
        }
      });
      const now = `${children.length} processes, ${leaking.length} with it`;
      return { now, isFixed: children.length > 0 && leaking.length === 0 };
    },
  },
  {
    id: "M11e",
    request:
      "A model process reads the environment, memory and files of Leeway. Run server/base/confinement/confined-processes.test.ts",
    before: "all of it",
  },
];

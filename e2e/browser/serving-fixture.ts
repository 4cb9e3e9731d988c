import { setTimeout as pause } from "node:timers/promises";
import { call, demoFile, leeway } from "./fixture.ts";

/** Registers a file of the demo as the next version of a model, by upload. */
export async function newVersion(model: string, file: string): Promise<void> {
  await call("POST", `/api/v1/models/${model}/versions`, new Uint8Array(demoFile(file)));
}

/** Creates an endpoint that logs every request, and waits until a gateway has loaded and serves the version. */
export async function newEndpoint(name: string, model: string, version: number): Promise<void> {
  await call("POST", "/api/v1/endpoints", { name, captureShare: 1 });
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model, version, reason: "Scene of a journey" });
  await untilServing(name, version);
}

/** Waits until the version serves requests. */
export async function untilServing(endpoint: string, version: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const response = await run(endpoint, { inputs: [image(blank)] });
    if (response.body.model_version === String(version)) return;
    await pause(100);
  }
  throw new Error(`${endpoint} does not serve version ${version}.`);
}

interface Answered {
  status: number;
  body: { model_version?: string; outputs?: { data: number[] }[]; error?: string };
}

/** Sends a request to an endpoint as any client would. */
export async function run(endpoint: string, request: unknown): Promise<Answered> {
  const response = await fetch(`${leeway.gatewayUrl}/v2/models/${endpoint}/infer`, {
    method: "POST",
    headers: { authorization: `Bearer ${leeway.token}`, "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return { status: response.status, body: (await response.json()) as Answered["body"] };
}

/** Submits an asynchronous request. @returns the id of its task */
export async function submit(endpoint: string, request: unknown): Promise<string> {
  const response = await fetch(`${leeway.gatewayUrl}/v2/models/${endpoint}/tasks`, {
    method: "POST",
    headers: { authorization: `Bearer ${leeway.token}`, "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  const { id, error } = (await response.json()) as { id: string; error?: string };
  if (!response.ok) throw new Error(`The task was not accepted: ${error}`);
  return id;
}

const blank = new Array<number>(64).fill(0);

/** Returns the input of the digits models. */
export function image(data: number[]) {
  return { name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data };
}

/** Returns real digits with their labels. */
export function digits(count: number): { pixels: number[]; label: string }[] {
  const file = JSON.parse(demoFile("digits/samples.json").toString()) as { rows: [number, number[]][] };
  return file.rows.slice(0, count).map(([label, pixels]) => ({
    label: String(label),
    pixels: pixels.map((pixel) => pixel / 16),
  }));
}

import { setTimeout as pause } from "node:timers/promises";
import { type DemoTarget, RequestRefused, send } from "./client.ts";

interface DeployInput {
  name: string;
  model: string;
  version: number;
  captureShare: number;
}

/**
 * Makes an endpoint that serves one version of a model, unless it exists.
 * @throws when the version cannot be served, or is not yet inspected after a minute.
 */
export async function ensureEndpoint(
  target: DemoTarget,
  { name, model, version, captureShare }: DeployInput,
): Promise<void> {
  const endpoints = `${target.url}/api/v1/endpoints`;
  const exists = await send(target, "GET", `${endpoints}/${name}`).then(
    () => true,
    (error: unknown) => {
      if (error instanceof RequestRefused && error.status === 404) return false;
      throw error;
    },
  );
  if (!exists) await send(target, "POST", endpoints, { name, captureShare });
  const { current } = await send<{ current: unknown }>(target, "GET", `${endpoints}/${name}`);
  if (current) return;
  await untilServable(target, model, version);
  await send(target, "POST", `${endpoints}/${name}/deployments`, {
    model,
    version,
    reason: "First release of the demo",
  });
  await untilServed(target, name);
}

/** Waits until a deployment is served. Its row exists at once; the gateway serves it when it has loaded the model. */
async function untilServed(target: DemoTarget, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${target.token}` };
  for (let attempt = 0; attempt < 300; attempt++) {
    const response = await fetch(`${target.gatewayUrl}/v2/models/${name}/ready`, { headers }).catch(() => undefined);
    if (response?.ok) return;
    await pause(200);
  }
  throw new Error(`${name} is deployed, but no gateway serves it after one minute. Is the gateway role running?`);
}

/** Waits until a version can be served. @throws when it cannot be, or is not yet inspected after a minute. */
export async function untilServable(target: DemoTarget, model: string, version: number): Promise<void> {
  for (let second = 0; second < 60; second++) {
    const found = await send<{ inspection: string; inspectionMessage?: string }>(
      target,
      "GET",
      `${target.url}/api/v1/models/${model}/versions/${version}`,
    );
    if (found.inspection === "servable") return;
    if (found.inspection === "unservable") throw new Error(`${model} v${version}: ${found.inspectionMessage}`);
    await pause(1_000);
  }
  throw new Error(`${model} v${version} was not inspected within a minute. Is the worker role running?`);
}

import { type DemoTarget, mlflow, RequestRefused, send } from "../client.ts";
import { ensureEndpoint, untilServable } from "../deploy.ts";
import { readFlightTable } from "../recording.ts";
import { inputsService } from "./flight-views.ts";
import { typicalValues } from "./keyed-flights.ts";

/** Name of the model and of its endpoint. */
export const byKeyEndpoint = "flight-delay-by-key";
const version = 1;

interface Version {
  model_version: { source: string; run_id: string };
}

/** Registers the file of flight-delay version 2 as a model that gets its inputs by key, and deploys it. May be repeated. @returns the endpoint's id */
export async function ensureByKeyEndpoint(target: DemoTarget): Promise<string> {
  const path = `${target.url}/api/v1/models/${byKeyEndpoint}/versions/${version}`;
  const known = await findVersion(target, path);
  if (!known) await register(target);
  await untilServable(target, byKeyEndpoint, version);
  if (!known?.pipelineDigest) await setPipeline(target, path);
  await ensureEndpoint(target, { name: byKeyEndpoint, model: byKeyEndpoint, version, captureShare: 1 });
  return (await send<{ id: string }>(target, "GET", `${target.url}/api/v1/endpoints/${byKeyEndpoint}`)).id;
}

function findVersion(target: DemoTarget, path: string) {
  return send<{ pipelineDigest: string | null }>(target, "GET", path).catch((error: unknown) => {
    if (error instanceof RequestRefused && error.status === 404) return undefined;
    throw error;
  });
}

async function register(target: DemoTarget): Promise<void> {
  const get = `${target.url}/api/2.0/mlflow/model-versions/get?name=flight-delay&version=2`;
  const { source, run_id } = (await send<Version>(target, "GET", get)).model_version;
  await mlflow(target, "registered-models/create", {
    name: byKeyEndpoint,
    description: "Flight delay from two keys: Leeway looks up the flight and the weather.",
  }).catch((error: unknown) => {
    if (!(error instanceof RequestRefused) || !error.message.includes("RESOURCE_ALREADY_EXISTS")) throw error;
  });
  await mlflow(target, "model-versions/create", {
    name: byKeyEndpoint,
    source,
    run_id,
    description: "The same file as flight-delay version 2.",
  });
}

/** Stale and missing weather becomes typical weather; a flight that nobody has announced is refused. */
async function setPipeline(target: DemoTarget, path: string): Promise<void> {
  const { columns, reference } = await readFlightTable();
  const part = {
    kind: "features",
    service: inputsService,
    policy: { stale: "impute", missing: "impute", unknown: "reject" },
    defaults: typicalValues(columns, reference),
    // The demo shares a small machine with everything else.
    withinMs: 200,
  };
  await send(target, "PUT", `${path}/pipeline`, { pipeline: { before: [part] } });
}

import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { parsedJson } from "#server/base/parsed-json.ts";
import type { RemoteTensors } from "./compare-tensors.ts";
import type { Engine } from "./contract.ts";
import type { Called, EngineClient } from "./engine-client.ts";
import { refusalOf } from "./wire.ts";

/** Maximum time of a health or metadata request. */
const limitMs = 3000;

const ServerMetadata = z.object({
  name: z.string().catch("engine"),
  version: z.string().catch(""),
  extensions: z.array(z.string()).catch([]),
});
const RemoteTensor = z.object({
  name: z.string(),
  datatype: z.string(),
  // 64-bit sizes come as text from servers that translate gRPC.
  shape: z.array(z.coerce.number().int()),
});
const ModelMetadata = z.object({
  inputs: z.array(RemoteTensor).nullish(),
  outputs: z.array(RemoteTensor).nullish(),
});

export interface EngineServer {
  /** One word, for labels: "triton". */
  name: string;
  version: string;
  isBinary: boolean;
  /** Whether it supports the parameter "timeout", which other servers may reject. */
  takesTimeout: boolean;
}

/** Address of an engine's model below "/v2". */
export function modelPath({ model, modelVersion }: Pick<Engine, "model" | "modelVersion">): string {
  const version = modelVersion === null ? "" : `/versions/${encodeURIComponent(modelVersion)}`;
  return `/models/${encodeURIComponent(model)}${version}`;
}

/** Describes the server and its capabilities; by default, only those of the protocol. @throws DomainError "unavailable" */
export async function describeServer(client: EngineClient): Promise<EngineServer> {
  const called = await client.get("", limitMs);
  const isSilent = called.kind === "answered" && (called.status === 404 || called.status === 405);
  const { name, version, extensions } = ServerMetadata.parse(isSilent ? {} : objectOf(called, "its metadata"));
  const word =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, "-")
      .slice(0, 40) || "engine";
  return {
    name: word,
    version,
    isBinary: extensions.some((one) => one.startsWith("binary_tensor_data")),
    takesTimeout: word === "triton" || word === "leeway",
  };
}

/** Checks that the model can serve now. @throws DomainError "unavailable" with the reason when not */
export async function requireReady(client: EngineClient, path: string): Promise<void> {
  const called = await client.get(`${path}/ready`, limitMs);
  if (called.kind === "answered" && called.status >= 200 && called.status < 300) {
    // Triton responds with an empty body, others with {"ready": …}.
    if (!/"ready"\s*:\s*false/i.test(called.body.subarray(0, 1000).toString("utf8"))) return;
    throw new DomainError("unavailable", "its model is not ready");
  }
  throw new DomainError("unavailable", denialReason(called, "whether its model is ready"));
}

/** Returns the inputs and outputs of the model. @throws DomainError "unavailable" */
export async function describeTensors(client: EngineClient, path: string): Promise<RemoteTensors> {
  const { data, error } = ModelMetadata.safeParse(objectOf(await client.get(path, limitMs), "its model's metadata"));
  if (error) throw new DomainError("unavailable", `its model's metadata cannot be read: ${z.prettifyError(error)}`);
  return { inputs: data.inputs ?? [], outputs: data.outputs ?? [] };
}

function objectOf(called: Called, what: string): unknown {
  if (called.kind !== "answered" || called.status < 200 || called.status > 299) {
    throw new DomainError("unavailable", denialReason(called, what));
  }
  const said = parsedJson(called.body.toString("utf8"));
  if (said !== undefined) return said;
  throw new DomainError("unavailable", `${what} is not JSON; check that the URL is an Open Inference Protocol server`);
}

function denialReason(called: Called, what: string): string {
  if (called.kind === "lost") return `unreachable: ${called.message.replace(/\.$/, "")}`;
  if (called.kind === "late") return `it did not return ${what} within ${limitMs / 1000}\u00a0s`;
  return `request for ${what} failed with status ${called.status}: ${refusalOf(called.body).replace(/\.$/, "")}`;
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "#db/free-port.ts";
import { mlserverPrograms } from "../../suite/python.ts";
import { waitFor } from "../../suite/stack.ts";
import { stopped } from "../gateway.ts";

export interface Peer {
  /** URL of its inference. */
  url: string;
  stop(): Promise<void>;
}

const runtimes = resolve("e2e/clients/engines");

/** Starts MLServer with one ONNX model, in one process without a worker pool: for a small model, inter-process calls cost more. */
export async function startMlserver(model: Buffer): Promise<Peer> {
  const [programs, folder] = await prepare(model);
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const settings = { host: "127.0.0.1", http_port: port, grpc_port: grpc, metrics_port: metrics, parallel_workers: 0 };
  await writeFile(join(folder, "settings.json"), JSON.stringify({ ...settings, debug: false }));
  const parameters = { uri: join(folder, "model.onnx") };
  const described = { name: "tiny", implementation: "onnx_model.OnnxModel", parameters };
  await writeFile(join(folder, "model-settings.json"), JSON.stringify(described));
  const child = start(`${programs}/mlserver`, ["start", folder], { PYTHONPATH: runtimes });
  const url = `http://127.0.0.1:${port}/v2/models/tiny`;
  return untilReady(child, folder, `${url}/ready`, `${url}/infer`);
}

/** Starts FastAPI on uvicorn with two processes. */
export async function startFastapi(model: Buffer): Promise<Peer> {
  const [programs, folder] = await prepare(model);
  const port = await freePort();
  const options = ["--host", "127.0.0.1", "--port", String(port), "--workers", "2", "--no-access-log"];
  const child = start(`${programs}/uvicorn`, ["fastapi_app:app", ...options, "--log-level", "warning"], {
    PYTHONPATH: resolve("e2e/load/gateway/peers"),
    MODEL: join(folder, "model.onnx"),
  });
  const url = `http://127.0.0.1:${port}`;
  return untilReady(child, folder, `${url}/ready`, `${url}/infer`);
}

async function prepare(model: Buffer): Promise<[programs: string, folder: string]> {
  const programs = await mlserverPrograms();
  if (!programs) throw new Error("The packages of e2e/clients/requirements-mlserver.txt could not be installed.");
  const folder = await mkdtemp(join(tmpdir(), "leeway-peer-"));
  await writeFile(join(folder, "model.onnx"), model);
  return [programs, folder];
}

function start(program: string, args: string[], environment: Record<string, string>): ChildProcess {
  const env = { ...process.env, ...environment };
  return spawn(program, args, { stdio: ["ignore", "ignore", "inherit"], env });
}

async function untilReady(child: ChildProcess, folder: string, readyUrl: string, url: string): Promise<Peer> {
  const stop = async () => {
    await stopped(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`The peer ended with ${child.exitCode}.`);
      return fetch(readyUrl).then(
        (response) => response.ok,
        () => false,
      );
    }, 120_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "#db/free-port.ts";
import type { ExecutionSettings } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { waitFor } from "../suite/stack.ts";
import { type GatewayFixture, openGatewayFixture } from "./gateway-fixture.ts";

/** A gateway process as its users start it. */
export interface GatewayProcess {
  url: string;
  pid: number;
  /** Undefined while it runs; else its exit code, or the signal that ended it. */
  ended(): number | string | undefined;
  /** Resolves when the endpoint responds, within a minute. */
  untilServed(name: string): Promise<void>;
  metrics(): Promise<string>;
  /** Asks the gateway to shut down, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a gateway for the deployments of a scene, with its own port and folder. */
export async function startGatewayIn(
  fixture: GatewayFixture,
  environment: Record<string, string> = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["server/main.ts", "gateway"], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      ...fixture.environment,
      DATA_DIR: await mkdtemp(join(fixture.folder, "gateway-")),
      GATEWAY_PORT: String(port),
      GATEWAY_PROCESSES: "1",
      LOG_LEVEL: "warn",
      ...environment,
    },
  });
  await waitFor(() => isOk(`${url}/health/live`), 300_000);
  return {
    url,
    pid: child.pid as number,
    ended: () => child.exitCode ?? child.signalCode ?? undefined,
    untilServed: (name) => waitFor(() => isOk(`${url}/v2/models/${name}/ready`, fixture.headers), 300_000),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    stop: () => stopped(child),
  };
}

export interface RunningGateway {
  url: string;
  pid: number;
  /** Fixture in which the served models are deployed. */
  fixture: GatewayFixture;
  /** Authorization header of a caller. */
  headers: Record<string, string>;
  /** Deploys a model to a new endpoint and waits until it responds. */
  serve(name: string, model: Buffer, signature: Signature, execution?: Partial<ExecutionSettings>): Promise<void>;
  /** Resolves when the endpoint responds, within a minute. */
  untilServed(name: string): Promise<void>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a real gateway process with its own Postgres. */
export async function startGatewayProcess(environment: Record<string, string> = {}): Promise<RunningGateway> {
  const fixture = await openGatewayFixture();
  const gateway = await startGatewayIn(fixture, environment);
  return {
    ...gateway,
    fixture,
    headers: fixture.headers,
    serve: async (name, model, signature, execution = {}) => {
      await fixture.deploy({ name, model, signature, execution });
      await gateway.untilServed(name);
    },
    stop: async () => {
      await gateway.stop();
      await fixture.close();
    },
  };
}

async function isOk(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  return fetch(url, { headers }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Asks a child process to end and waits until it has. */
export async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once("exit", done));
  if (child.exitCode === null && child.signalCode === null && child.kill("SIGTERM")) await gone;
}

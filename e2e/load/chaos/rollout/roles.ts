import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "#db/free-port.ts";
import { waitFor } from "../../../suite/stack.ts";
import { stopped } from "../../gateway.ts";
import type { GatewayFixture } from "../../gateway-fixture.ts";

export type RoleName = "worker" | "gateway A" | "gateway B";

/** A process of one role that is killed and started again on the port and the folder that it had. */
export interface Role {
  name: RoleName;
  url: string;
  /** Whether the process is running and has reported that it is ready. */
  isUp(): boolean;
  /** Ends it by SIGKILL, and starts it again after so long; never when it is undefined. Resolves when it is dead. */
  kill(startAfterMs: number | undefined): Promise<void>;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a role. @param isReady polled until it returns true, in addition to /health/ready */
export async function openRole(
  fixture: GatewayFixture,
  name: RoleName,
  isReady: (url: string) => Promise<boolean>,
): Promise<Role> {
  const folder = await mkdtemp(join(fixture.folder, "role-"));
  const [port, other] = [await freePort(), await freePort()];
  const role = name === "worker" ? "worker" : "gateway";
  const ports =
    role === "worker" ? { WORKER_PORT: port, GATEWAY_PORT: other } : { GATEWAY_PORT: port, WORKER_PORT: other };
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let isUp = false;
  let starting: Promise<void> = Promise.resolve();
  const start = async () => {
    child = spawn(process.execPath, ["server/main.ts", role], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        ...fixture.environment,
        ...Object.fromEntries(Object.entries(ports).map(([key, value]) => [key, String(value)])),
        DATA_DIR: folder,
        GATEWAY_PROCESSES: "1",
        FLUSH_SECONDS: "1",
        LOG_LEVEL: "error",
      },
    });
    // The model runtime logs every failed run, which happens hundreds of times here.
    child.stderr?.on("data", (chunk: Buffer) => {
      const lines = chunk.toString().split("\n");
      const received = lines.filter((line) => line && !line.includes("Non-zero status code"));
      if (received.length > 0) console.error(received.join("\n"));
    });
    await waitFor(async () => (await isOk(`${url}/health/ready`)) && (await isReady(url)), 240_000);
    isUp = true;
  };
  return {
    name,
    url,
    isUp: () => isUp,
    start,
    kill: async (startAfterMs) => {
      isUp = false;
      const dead = child && new Promise((done) => child?.once("exit", done));
      child?.kill("SIGKILL");
      await dead;
      if (startAfterMs === undefined) return;
      starting = pause(startAfterMs).then(start);
      starting.catch((cause: unknown) => console.error(`${name} did not start again.`, cause));
    },
    stop: async () => {
      await starting.catch(() => {});
      if (child) await stopped(child);
    },
  };
}

function isOk(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

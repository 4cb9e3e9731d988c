import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { freePort } from "#db/free-port.ts";
import type { GatewayFixture } from "../load/gateway-fixture.ts";
import { soon } from "./leeway.ts";

type RoleName = "web" | "gateway" | "worker";

interface RoleProcess {
  pid: number;
  url: string;
  output(): string;
  /** Resolves once it is ready. */
  ready(): Promise<void>;
  checks(): Promise<{ status: string; checks: Record<string, string> }>;
  /** Requests it to end. @returns its exit code */
  drain(): Promise<number | null>;
  ended(): Promise<number | null>;
}

/** Starts one role of the release in a folder, as Kubernetes does: without a supervisor. */
export async function startRole(
  fixture: GatewayFixture,
  tree: string,
  role: RoleName,
  more: Record<string, string> = {},
): Promise<RoleProcess> {
  const [web, gateway, worker] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${{ web, gateway, worker }[role]}`;
  const child: ChildProcess = spawn(process.execPath, ["server/main.ts", role], {
    cwd: tree,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...fixture.environment,
      NODE_ENV: "production",
      DATA_DIR: await mkdtemp(join(fixture.folder, `${role}-`)),
      PORT: String(web),
      GATEWAY_PORT: String(gateway),
      WORKER_PORT: String(worker),
      FEAST_PORT: String(await freePort()),
      GATEWAY_PROCESSES: "1",
      AUTH_SECRET: "the same secret in both releases of it",
      DRAIN_NOTICE_SECONDS: "2",
      ...more,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, "exit").then(([code]) => code as number | null);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  const checks = async () => (await fetch(`${url}/health/ready`)).json();
  return {
    pid: child.pid as number,
    url,
    output: () => output,
    ready: () =>
      vi.waitFor(async () => {
        if (child.exitCode !== null) throw new Error(`The ${role} ended:\n${output}`);
        expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      }, soon),
    checks,
    drain: async () => {
      child.kill("SIGTERM");
      return ended;
    },
    ended: () => ended,
  };
}

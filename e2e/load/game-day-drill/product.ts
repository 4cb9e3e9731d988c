import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded.ts";
import { freePort } from "#db/free-port.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { prepareDatabase } from "#server/roles/start/prepare-database.ts";
import { waitFor } from "../../suite/stack.ts";
import { childrenOf } from "../chaos/faults.ts";

const roles = ["web", "gateway", "worker"] as const;
type Role = (typeof roles)[number];

/** A busy machine takes minutes. */
const readyMs = 600_000;
const restartMs = 200;
const account = { email: "admin@example.test", password: "first-watch-7-bells" };

/**
 * Leeway as on several machines: each role is started alone, gateways as two processes, Postgres beside them. A role that ends is started again,
 * unless the drill keeps it away.
 */
export class Product {
  readonly target: DemoTarget;
  readonly account = account;
  readonly databaseUrl: string;
  private readonly folder: string;
  private postgres: EmbeddedPostgres;
  private readonly environment: Record<string, string>;
  private readonly health: Record<Role, string>;
  private readonly children = new Map<Role, ChildProcess>();
  private readonly away = new Set<Role>();

  private constructor(
    folder: string,
    postgres: EmbeddedPostgres,
    { environment, token }: { environment: Record<string, string>; token: string },
  ) {
    this.folder = folder;
    this.postgres = postgres;
    this.databaseUrl = postgres.url;
    this.environment = environment;
    const at = (port: string | undefined) => `http://127.0.0.1:${port}`;
    this.target = { url: at(environment.PORT), gatewayUrl: at(environment.GATEWAY_PORT), token };
    const ready = (port: string | undefined) => `${at(port)}/health/ready`;
    const { PORT: web, GATEWAY_PORT: gateway, WORKER_PORT: worker } = environment;
    this.health = { web: ready(web), gateway: ready(gateway), worker: ready(worker) };
  }

  /** Starts everything on free ports and in a new folder, and waits until it is ready. */
  static async open(): Promise<Product> {
    const folder = await mkdtemp(join(tmpdir(), "leeway-game-days-"));
    // As root, Postgres runs as another user, who needs access.
    await chmod(folder, 0o755);
    const postgres = await startEmbeddedPostgres(placeOf(folder));
    const ports = await Promise.all(Array.from({ length: 4 }, () => freePort()));
    const [web = 0, gateway = 0, worker = 0, feast = 0] = ports;
    const environment = {
      DATABASE_URL: postgres.url,
      ARTIFACT_DIR: join(folder, "artifacts"),
      SECRETS_KEY: randomBytes(32).toString("base64"),
      AUTH_SECRET: randomBytes(32).toString("base64"),
      ADMIN_EMAIL: account.email,
      ADMIN_PASSWORD: account.password,
      PORT: String(web),
      GATEWAY_PORT: String(gateway),
      WORKER_PORT: String(worker),
      FEAST_PORT: String(feast),
      PUBLIC_URL: `http://127.0.0.1:${web}`,
      GATEWAY_PROCESSES: "2",
      MODEL_WORKERS: "2",
      MODEL_THREADS: "1",
      // The pager and the engine are on this machine.
      WEBHOOK_PRIVATE_ADDRESSES: "true",
      ENGINE_PRIVATE_ADDRESSES: "true",
      LOCAL_TRAINING: "true",
      NODE_ENV: "production",
      LOG_LEVEL: "warn",
    };
    const first = await prepareDatabase(readConfig({ ...environment, DATA_DIR: join(folder, "first") }), postgres.url);
    const product = new Product(folder, postgres, { environment, token: first.token ?? "" });
    try {
      for (const role of roles) product.start(role);
      await product.ready(...roles);
    } catch (error) {
      await product[Symbol.asyncDispose]();
      throw error;
    }
    return product;
  }

  /** Waits until roles are ready. */
  async ready(...of: readonly Role[]): Promise<void> {
    for (const role of of) await waitFor(async () => (await this.healthOf(role)) !== null, readyMs);
  }

  /** Returns what a role says of itself: "ready" or "degraded"; null where it is not ready, or not there. */
  async healthOf(role: Role): Promise<string | null> {
    const response = await fetch(this.health[role], { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (!response?.ok) return null;
    return ((await response.json()) as { status: string }).status;
  }

  /** Kills the worker by SIGKILL, and starts none until bringBackWorker(). @returns when, in milliseconds since 1970 */
  takeWorkerAway(): number {
    this.away.add("worker");
    this.children.get("worker")?.kill("SIGKILL");
    return Date.now();
  }

  async bringBackWorker(): Promise<void> {
    this.away.delete("worker");
    this.start("worker");
    await this.ready("worker");
  }

  /** Kills every gateway process by SIGKILL; their supervisor starts them again. @returns how many */
  async killGateways(): Promise<number> {
    const pids = await childrenOf(this.children.get("gateway")?.pid ?? 0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    return pids.length;
  }

  /** @returns when Postgres began to stop, in milliseconds since 1970 */
  async stopPostgres(): Promise<number> {
    const at = Date.now();
    await this.postgres.stop();
    return at;
  }

  async startPostgres(): Promise<void> {
    this.postgres = await startEmbeddedPostgres({ ...placeOf(this.folder), port: this.postgres.port });
    await this.ready(...roles);
  }

  private start(role: Role): void {
    const child = spawn(process.execPath, ["server/main.ts", role], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.environment, DATA_DIR: join(this.folder, role) },
    });
    mkdirSync(".cache/results", { recursive: true });
    const log = createWriteStream(".cache/results/game-day-drill.log", { flags: "a" });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
    child.once("close", () => log.end());
    child.once("exit", () => {
      setTimeout(() => this.away.has(role) || this.start(role), restartMs);
    });
    this.children.set(role, child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of roles) this.away.add(role);
    await Promise.all([...this.children.values()].map(ended));
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Postgres is stopped, never killed, so its files need not survive the machine. */
const placeOf = (folder: string) => ({
  dataFolder: join(folder, "postgres"),
  logFile: join(folder, "postgres.log"),
  isTemporary: true,
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await gone;
}

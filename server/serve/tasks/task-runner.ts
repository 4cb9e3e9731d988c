import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { isDatabaseUnavailable } from "#db/connection-errors.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { FairSlots } from "#server/base/fair-slots.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import type { GatewayCore } from "../router/gateway-core.ts";
import type { ServedEndpoint } from "../router/routing-table.ts";
import { afterAttempt, freeSlots } from "./after-attempt.ts";
import { type ClaimedTask, claimTasks, leaseSeconds, renewLeases } from "./claim-tasks.ts";
import { type Ending, endAttempt } from "./end-task.ts";
import { keepResult } from "./keep-result.ts";
import { type Explain, type Failure, runTask, type TaskResponse } from "./run-task.ts";

const pollMs = 2_000;
const renewMs = 10_000;
/**
 * Inputs that are files are in memory until their run ends, so that few of them run at the same time; a workspace whose runs take long
 * does not hold up the others. At most maxRunning times maxInputBytes of contract.ts are in memory.
 */
const largeSlots = { slots: 2, maxPerTenant: 1, maxHoldMs: 10_000, maxRunning: 4 };

interface TaskRunnerDependencies {
  core: GatewayCore;
  db: Database;
  artifacts: Pick<ArtifactStore, "open" | "put">;
  feed: Pick<EventFeed, "subscribe">;
  /** Under which clients reach the gateway, for webhooks. */
  gatewayUrl: string;
  explain: Explain;
}

interface Run {
  task: ClaimedTask;
  /** Whether it was cancelled or taken over: its result is then useless. */
  isLost: boolean;
  done: Promise<void>;
}

/** Takes tasks of the endpoints that this gateway serves and runs them, behind all that clients wait for. */
export class TaskRunner {
  private readonly deps: TaskRunnerDependencies;
  private readonly runs = new Map<string, Run>();
  private readonly claims = new Refresher("tasks", pollMs, () => this.claim());
  private readonly unsubscribe: () => void;
  private renewal: NodeJS.Timeout | undefined;
  private renewedAt = performance.now();
  private isStopping = false;
  private readonly large = new FairSlots(largeSlots);

  constructor(deps: TaskRunnerDependencies) {
    this.deps = deps;
    this.unsubscribe = deps.feed.subscribe((message) => {
      if (message === "missed" || message.topic === "tasks" || message.topic === "routes") void this.claims.now();
    });
  }

  async start(): Promise<void> {
    this.renewal = setInterval(() => void this.renew(), renewMs);
    await this.claims.start();
  }

  /** Stops claiming tasks, lets running ones finish for the given number of seconds, and releases the rest to other gateways. */
  async stop(seconds: number): Promise<void> {
    this.isStopping = true;
    this.unsubscribe();
    await this.claims.stop();
    const all = Promise.all([...this.runs.values()].map(({ done }) => done));
    await Promise.race([all, pause(seconds * 1000, undefined, { ref: false })]);
    for (const run of this.runs.values()) {
      run.isLost = true;
      const back = { kind: "again", waitSeconds: 0, counts: false, errorStatus: null, error: null } as const;
      await this.end(run.task, back).catch(() => {});
    }
    clearInterval(this.renewal);
  }

  private async claim(): Promise<void> {
    if (this.isStopping) return;
    const served = this.deps.core.table.all.filter(({ serving }) => serving);
    const slots = served.map((endpoint) => ({
      endpointId: endpoint.route.endpointId,
      count: this.indicesOf(endpoint),
    }));
    const tasks = await claimTasks(
      this.deps.db,
      slots.filter(({ count }) => count > 0),
    );
    for (const task of tasks) {
      const run: Run = { task, isLost: false, done: Promise.resolve() };
      this.runs.set(task.lease, run);
      run.done = this.run(run).finally(() => {
        this.runs.delete(task.lease);
        void this.claims.now();
      });
    }
  }

  private indicesOf({ route, serving }: ServedEndpoint): number {
    const { endpointId, execution } = route;
    const running = [...this.runs.values()].filter(({ task }) => task.endpointId === endpointId).length;
    const waiting = serving?.opened?.pool.state.queued ?? 0;
    return freeSlots({ maxQueueSize: execution.maxQueueSize, waiting, running });
  }

  private async run(run: Run): Promise<void> {
    const { task } = run;
    try {
      const ending = await this.tryOnce(run).catch((error: unknown) => this.endingOf(task, this.explain(task, error)));
      if (!run.isLost) await this.end(task, ending);
    } catch (cause) {
      // The lease expires automatically, and a gateway repeats the task.
      log.warn("task.not_ended", { taskId: task.id, cause });
    }
  }

  private async tryOnce(run: Run): Promise<Ending> {
    const { task } = run;
    const found = await this.respond(run);
    if (!("body" in found)) return this.endingOf(task, found);
    if (run.isLost) return this.endingOf(task, lost);
    const { body, headerLength, servedVersion, provider } = found;
    const key = artifactKey(task.workspaceId, ["tasks", "results", task.id, task.lease]);
    const result = await keepResult(this.contextOf(task), task, { key, body, headerLength }, this.deps.artifacts);
    return { kind: "succeeded", result, servedVersion, provider };
  }

  /** Explains a failure of the store or Postgres while reading the input or storing the result. */
  private explain({ id: taskId }: ClaimedTask, cause: unknown): Failure {
    log.warn("task.not_kept", { taskId, cause });
    const message = "Could not read the input or store the result; see the gateway log.";
    return this.deps.explain(cause) ?? { status: 500, reason: "store", message };
  }

  private async respond(run: Run): Promise<TaskResponse | Failure> {
    const { task } = run;
    const { id, version, headerLength, inputKey } = task;
    const endpoint = this.deps.core.table.all.find(({ route }) => route.endpointId === task.endpointId);
    if (!endpoint?.serving) return { status: 503, reason: "unavailable", message: "The endpoint was unloaded." };
    const { core, explain, artifacts } = this.deps;
    const send = (body: Buffer) => {
      const request = { model: endpoint.route.name, id, version, body, headerLength };
      return runTask(core, this.contextOf(task), request, () => run.isLost, explain);
    };
    if (!inputKey) return send(task.input ?? Buffer.alloc(0));
    return this.large.run(task.workspaceId, async () =>
      run.isLost ? lost : send(await buffer(await artifacts.open(inputKey))),
    );
  }

  private endingOf({ attempts, tries }: ClaimedTask, failure: Failure): Ending {
    const { status: errorStatus, message: error } = failure;
    return { ...afterAttempt(failure, attempts, tries), errorStatus, error };
  }

  /** Records the end, retrying while Postgres is down, as long as the lease may still be valid. */
  private async end(task: ClaimedTask, ending: Ending): Promise<void> {
    for (;;) {
      try {
        await endAttempt(this.contextOf(task), task, ending, this.deps.gatewayUrl);
        return;
      } catch (error) {
        const mayStand = performance.now() - this.renewedAt < leaseSeconds * 1000;
        if (!isDatabaseUnavailable(error) || !mayStand || this.isStopping) throw error;
        await pause(1_000);
      }
    }
  }

  private async renew(): Promise<void> {
    const leases = [...this.runs.keys()];
    const sentAt = performance.now();
    try {
      const valid = leases.length > 0 ? await renewLeases(this.deps.db, leases) : new Set(leases);
      this.renewedAt = sentAt;
      for (const lease of leases) if (!valid.has(lease)) this.lose(lease);
    } catch (cause) {
      log.warn("task.leases-not-renewed", { tasks: leases.length, reason: String(cause) });
      if (performance.now() - this.renewedAt > leaseSeconds * 1000) for (const lease of leases) this.lose(lease);
    }
  }

  private lose(lease: string): void {
    const run = this.runs.get(lease);
    if (run) run.isLost = true;
  }

  private contextOf({ workspaceId }: ClaimedTask): Context {
    return systemContext(this.deps.db, workspaceId, "tasks");
  }
}

const lost: Failure = { status: 503, reason: "canceled", message: "The caller no longer needs the result." };

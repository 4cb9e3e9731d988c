import { setTimeout as pause } from "node:timers/promises";
import type { z } from "zod";
import { backOff } from "#server/base/back-off.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { type KubernetesClient, VersionGone } from "./kubernetes-client.ts";

/** What is there is listed again after this time, whatever a watch has said. */
const listMs = 10 * minuteMs;
const retry = { first: 1_000, longest: 30_000 };
/** Objects that are kept at most, of a kilobyte each. */
const defaultMaxObjects = 50_000;
/** A watch that nobody has asked for this long is not started again. */
const idleMs = 2 * minuteMs;
/** Without a list or a watch for this long, what is known counts no more. */
const staleMs = 45_000;

interface Kind<T> {
  /** Where they are, which the server may have to be asked. */
  path: string | ((client: KubernetesClient, deadline: AbortSignal) => Promise<string>);
  labelSelector: string;
  shape: z.ZodType<T & { metadata: { name: string } }>;
}

/**
 * Objects of one kind as they are now: listed once, then kept up by a watch. History of the server is some minutes long: where it has lost
 * a version (410) they are listed again, and what is no longer in the list is gone. docs/spec/training.md section 8.
 */
export class WatchedObjects<T> {
  private readonly client: () => Promise<KubernetesClient>;
  private readonly kind: Kind<T>;
  private objects = new Map<string, T>();
  private stopping: AbortController | undefined;
  private askedAt = 0;
  /** When the list was last known to be complete; 0 before the first time. */
  private freshAt = 0;
  private problem: unknown;
  private waiting: (() => void)[] = [];

  private readonly maxObjects: number;

  /** @param client made for each list and watch, as tokens change */
  constructor(client: () => Promise<KubernetesClient>, kind: Kind<T>, maxObjects = defaultMaxObjects) {
    this.client = client;
    this.kind = kind;
    this.maxObjects = maxObjects;
  }

  /** The objects by name. @throws DomainError "unavailable" when the server has not answered for a while */
  async now(deadline: AbortSignal): Promise<ReadonlyMap<string, T>> {
    this.askedAt = Date.now();
    if (!this.stopping) {
      this.stopping = new AbortController();
      void this.run(this.stopping.signal);
    }
    while (Date.now() - this.freshAt > staleMs) {
      if (this.problem !== undefined) throw this.problem;
      await this.changed(deadline);
    }
    return this.objects;
  }

  /** Ends the watch; it begins again with the next question. */
  stop(): void {
    this.stopping?.abort();
    this.stopping = undefined;
    this.freshAt = 0;
  }

  private async changed(deadline: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = () => resolve();
    this.waiting.push(resolve);
    deadline.addEventListener("abort", late, { once: true });
    await promise;
    deadline.removeEventListener("abort", late);
    if (deadline.aborted) throw new DomainError("unavailable", "Kubernetes did not respond in time.");
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.listAndWatch(signal, () => {
          failures = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof VersionGone) continue;
        failures += 1;
        this.problem = error instanceof DomainError ? error : unreachable(error);
        this.tell();
        await pause(backOff(failures, retry), undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** What is there now, from which version on it can be watched. */
  private async list(client: KubernetesClient, path: string, deadline: AbortSignal): Promise<string> {
    const objects = new Map<string, T>();
    let version: string | undefined;
    for await (const { items, resourceVersion } of client.list(path, this.kind.labelSelector, deadline)) {
      for (const item of items) this.put(objects, item);
      version ??= resourceVersion;
    }
    this.objects = objects;
    return version ?? "";
  }

  /** Lists, then watches until the list is old, nobody asks any more, or something fails. */
  private async listAndWatch(signal: AbortSignal, onAnswer: () => void): Promise<void> {
    const { path: known, labelSelector } = this.kind;
    const [client, soon] = [await this.client(), AbortSignal.any([signal, AbortSignal.timeout(30_000)])];
    const path = typeof known === "string" ? known : await known(client, soon);
    const listed = await this.list(client, path, soon);
    onAnswer();
    this.refresh();
    const listedAt = Date.now();
    for (let version = listed; Date.now() - listedAt < listMs; ) {
      if (Date.now() - this.askedAt > idleMs) return this.stop();
      let live: NodeJS.Timeout | undefined;
      try {
        for await (const event of (await this.client()).watch(
          path,
          { labelSelector, resourceVersion: version },
          signal,
        )) {
          // A watch that says nothing is as good as the list, for as long as its connection lives.
          live ??= setInterval(() => this.refresh(), 5_000).unref();
          version = event.resourceVersion || version;
          if (event.type === "DELETED") this.delete(event.object);
          else if (event.type !== "BOOKMARK") this.put(this.objects, event.object);
          onAnswer();
          this.refresh();
        }
      } finally {
        clearInterval(live);
      }
    }
  }

  private put(objects: Map<string, T>, object: unknown): void {
    const { data } = this.kind.shape.safeParse(object);
    if (data) objects.set(data.metadata.name, data);
    if (objects.size <= this.maxObjects) return;
    const message = `Kubernetes has more than ${formatCount(this.maxObjects)} objects of Leeway in this namespace.`;
    throw new DomainError("unavailable", message);
  }

  private delete(object: unknown): void {
    const { data } = this.kind.shape.safeParse(object);
    if (data) this.objects.delete(data.metadata.name);
  }

  private refresh(): void {
    this.freshAt = Date.now();
    this.problem = undefined;
    this.tell();
  }

  private tell(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

const unreachable = (cause: unknown) =>
  new DomainError(
    "unavailable",
    `Could not reach Kubernetes: ${cause instanceof Error ? cause.message : String(cause)}.`,
    { cause },
  );

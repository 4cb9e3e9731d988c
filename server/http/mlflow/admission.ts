import { Counter, Gauge } from "prom-client";
import { DomainError } from "#server/base/errors.ts";

/** What may be under way at once. */
export interface Load {
  requests: number;
  /** Of their bodies as they are sent; parsed, they take several times as much memory. */
  bytes: number;
}

export interface AdmissionLimits {
  /** Of this process. */
  all: Load;
  /** Of one workspace, so that none keeps the others out. */
  workspace: Load;
}

/** Several seconds of work of one process; more would end in time-outs in the middle of somebody's training. */
const ingestLimits: AdmissionLimits = {
  all: { requests: 512, bytes: 64 * 2 ** 20 },
  workspace: { requests: 256, bytes: 32 * 2 ** 20 },
};

/** Callers are sent away for one to so many seconds, so that they do not all come back at once. */
const maxWaitSeconds = 3;

const underWay = {
  requests: new Gauge({ name: "leeway_ingest_requests", help: "In-flight ingest requests." }),
  bytes: new Gauge({ name: "leeway_ingest_bytes", help: "Body size of in-flight ingest requests in bytes." }),
};
const refused = new Counter({
  name: "leeway_ingest_rejected_total",
  help: "Ingest requests rejected with Retry-After.",
  labelNames: ["limit"],
});

/** Lets writes in while there is room for them, in requests and in bytes, of the process and of the caller's workspace. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #all: Load = { requests: 0, bytes: 0 };
  readonly #workspaces = new Map<string, Load>();

  constructor(limits: AdmissionLimits = ingestLimits) {
    this.#limits = limits;
  }

  /**
   * Lets one write in. One alone always fits, whatever its size.
   * @returns gives its room back, once. @throws DomainError "rate-limited"
   */
  admit(workspaceId: string, bytes: number): () => void {
    const own = this.#workspaces.get(workspaceId) ?? { requests: 0, bytes: 0 };
    if (isFull(own, this.#limits.workspace, bytes)) throw tooMuch("workspace");
    if (isFull(this.#all, this.#limits.all, bytes)) throw tooMuch("all");
    this.#workspaces.set(workspaceId, own);
    this.#move(own, 1, bytes);
    return () => {
      this.#move(own, -1, -bytes);
      if (own.requests === 0) this.#workspaces.delete(workspaceId);
    };
  }

  #move(own: Load, requests: number, bytes: number): void {
    for (const load of [own, this.#all]) {
      load.requests += requests;
      load.bytes += bytes;
    }
    underWay.requests.inc(requests);
    underWay.bytes.inc(bytes);
  }
}

function isFull(load: Load, limit: Load, bytes: number): boolean {
  return load.requests > 0 && (load.requests >= limit.requests || load.bytes + bytes > limit.bytes);
}

function tooMuch(limit: keyof AdmissionLimits): DomainError {
  refused.inc({ limit });
  const whose = limit === "all" ? "Leeway" : "This workspace";
  return new DomainError(
    "rate-limited",
    `${whose} has reached its ingest limit. Nothing was stored; retry the request.`,
    {
      retryAfterSeconds: Math.ceil(Math.random() * maxWaitSeconds),
    },
  );
}

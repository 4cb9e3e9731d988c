import { Counter, Gauge } from "prom-client";
import { DomainError } from "#server/base/errors.ts";

/** Maximum load in flight. */
export interface Load {
  requests: number;
  /** Bytes of their bodies as sent; parsed, they take several times as much memory. */
  bytes: number;
}

export interface AdmissionLimits {
  /** Limit of this process. */
  all: Load;
  /** Limit of one workspace, so that none blocks the others. */
  workspace: Load;
}

/** Several seconds of work of one process; more would cause time-outs in the middle of a user's training. */
const ingestLimits: AdmissionLimits = {
  all: { requests: 512, bytes: 64 * 2 ** 20 },
  workspace: { requests: 256, bytes: 32 * 2 ** 20 },
};

/** Maximum of the random Retry-After, from one second up, so that rejected callers do not all come back at once. */
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

/** Admits writes while the process and the caller's workspace have capacity for them, in requests and in bytes. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #all: Load = { requests: 0, bytes: 0 };
  readonly #workspaces = new Map<string, Load>();

  constructor(limits: AdmissionLimits = ingestLimits) {
    this.#limits = limits;
  }

  /**
   * Admits one write. A single write is always admitted, whatever its size.
   * @returns releases its capacity, once. @throws DomainError "rate-limited"
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

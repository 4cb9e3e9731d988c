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

/** A write that was let in. */
export interface AdmittedWrite {
  /** Counts further bytes of it. @throws DomainError "rate-limited" where there is no capacity for them */
  grow(bytes: number): void;
  /** Releases its capacity, once. */
  leave(): void;
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
    return this.begin(workspaceId, bytes).leave;
  }

  /** The same for a write whose size is not known before it has arrived. @throws DomainError "rate-limited" */
  begin(workspaceId: string, bytes = 0): AdmittedWrite {
    const own = this.#workspaces.get(workspaceId) ?? { requests: 0, bytes: 0 };
    if (isFull(own, this.#limits.workspace, bytes)) throw tooMuch("workspace");
    if (isFull(this.#all, this.#limits.all, bytes)) throw tooMuch("all");
    this.#workspaces.set(workspaceId, own);
    this.#move(own, 1, bytes);
    let arrived = bytes;
    return {
      grow: (more) => {
        if (isOver(own, this.#limits.workspace, more)) throw tooMuch("workspace");
        if (isOver(this.#all, this.#limits.all, more)) throw tooMuch("all");
        arrived += more;
        this.#move(own, 0, more);
      },
      leave: () => {
        this.#move(own, -1, -arrived);
        if (own.requests === 0) this.#workspaces.delete(workspaceId);
      },
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

/** Whether bytes of a write that is under way are too many; never of one that is alone. */
function isOver(load: Load, limit: Load, bytes: number): boolean {
  return load.requests > 1 && load.bytes + bytes > limit.bytes;
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

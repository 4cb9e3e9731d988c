import { isSampled } from "#server/serve/telemetry/sampling.ts";
import type { Version } from "./offset-model.ts";
import type { SentRequest } from "./sent-requests.ts";

/** Outcome of one request, as its client received it. */
export interface Received {
  /** 0 without a response. */
  status: number;
  /** Id that the gateway gave the request; empty without a response. */
  requestId: string;
  /** Versions that the header and the body name. */
  namedVersions: readonly string[];
  /** Version that the numbers prove; undefined if they are those of none, or of another request. */
  provenVersion: Version | undefined;
  /** Whether the gateway may have counted the request: false if there was no connection. */
  wasSent: boolean;
  /** Code or message of the error; empty with a response. */
  error: string;
  latencyMs: number;
}

const maxExamples = 20;

/** What all clients have received. */
export class ResponseCounts {
  requests = 0;
  /** Requests without a response, and other responses than 200. */
  failed = 0;
  /** Requests that were sent and have no response: the gateway may have counted them. */
  unanswered = 0;
  wrongVersions = 0;
  wrongNumbers = 0;
  /** Responses by the version that their body names. */
  readonly byVersion = new Map<string, number>();
  readonly byKind = new Map<string, number>();
  /** Ids of sampled requests, with the version. */
  readonly sampled = new Map<string, string>();
  readonly latenciesMs: number[] = [];
  readonly examples: string[] = [];
  private readonly captureShare: number;
  private readonly isKilled: boolean;

  /** @param isKilled whether the gateway is killed meanwhile, so that requests without a response are no finding */
  constructor(captureShare: number, isKilled = false) {
    this.captureShare = captureShare;
    this.isKilled = isKilled;
  }

  add({ kind }: SentRequest, received: Received): void {
    const { status, requestId, namedVersions, provenVersion, wasSent, latencyMs } = received;
    this.requests += 1;
    this.byKind.set(kind, (this.byKind.get(kind) ?? 0) + 1);
    if (status === 0 && wasSent) this.unanswered += 1;
    if (status !== 200) {
      this.failed += 1;
      if (status !== 0 || !this.isKilled) this.describe(kind, received);
      return;
    }
    const version = namedVersions[0] ?? "";
    this.byVersion.set(version, (this.byVersion.get(version) ?? 0) + 1);
    this.latenciesMs.push(latencyMs);
    if (isSampled(requestId, this.captureShare)) this.sampled.set(requestId, version);
    if (provenVersion === undefined) this.wrongNumbers += 1;
    else if (namedVersions.some((named) => named !== String(provenVersion))) this.wrongVersions += 1;
    else return;
    this.describe(kind, received);
  }

  private describe(kind: string, { status, namedVersions, provenVersion, requestId, error }: Received): void {
    if (this.examples.length >= maxExamples) return;
    const numbers = provenVersion === undefined ? "no version" : `version ${provenVersion}`;
    const named = namedVersions.join(" and ") || "none";
    this.examples.push(`${kind} ${requestId}: status ${status} ${error}, names ${named}, numbers of ${numbers}`);
  }
}

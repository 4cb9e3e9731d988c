import { randomUUID } from "node:crypto";
import type { ActiveFault } from "../faults/active-fault.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import type { RecentLabels } from "./recent-labels.ts";

/** Origin of a request, which decides what it counts in. */
type RequestKind = "live" | "shadow" | "task" | "load-test";

/**
 * One request, from its start to its settlement. It holds the versions that may run it: none of them is unloaded before the lease is
 * released. Evidence, sampling, cost and the prediction log refer to its id, which no other request has. Ids of clients may repeat, so
 * they only label a request.
 */
export class RequestLease {
  readonly id = randomUUID();
  readonly kind: RequestKind;
  /** Id of the request whose draws this one shares: its own, or that of its original. */
  readonly drawId: string;
  /** Fault of a game day that may affect the request; undefined for nearly all requests. */
  fault: ActiveFault | undefined;
  /** Whether the fault has affected it: it then represents nothing but the game day. */
  isAffected = false;
  private sentId: string | undefined;
  private isClaimed = false;
  private version: LoadedModel | undefined;
  /** Further ones, as a cascade needs. */
  private others: LoadedModel[] | undefined;

  /**
   * @param label id that the client sent, if any; a copy has the label of its original
   * @param original of a copy, with which it is compared
   */
  constructor(kind: RequestKind, label?: string, original?: RequestLease) {
    this.kind = kind;
    this.drawId = original?.drawId ?? this.id;
    this.sentId = label;
  }

  /** The game day that has affected the request. */
  get gameDay(): ActiveFault | undefined {
    return this.isAffected ? this.fault : undefined;
  }

  /** Id under which the client knows the request: its own, or else the one made here. */
  get label(): string {
    return this.sentId ?? this.id;
  }

  set label(sentId: string) {
    this.sentId = sentId;
  }

  /**
   * Lets the request keep the client's id if it is the first one with it; otherwise it is known by its own id. Has an effect once, when a
   * model has answered: a client repeats what failed under the same id.
   */
  claimLabel(labels: RecentLabels, endpointId: string): void {
    const isOfClient = this.sentId !== undefined && (this.kind === "live" || this.kind === "task");
    if (!isOfClient || this.isClaimed) return;
    this.isClaimed = true;
    if (!labels.claim(endpointId, this.label)) this.sentId = undefined;
  }

  /** Holds a version, until release() at the latest. */
  hold(version: LoadedModel): void {
    version.leases += 1;
    if (!this.version) this.version = version;
    else {
      this.others ??= [];
      this.others.push(version);
    }
  }

  /** Releases all versions. Further calls have no effect. */
  release(): void {
    const { version, others } = this;
    this.version = undefined;
    this.others = undefined;
    if (version) releaseVersion(version);
    if (others) for (const other of others) releaseVersion(other);
  }
}

function releaseVersion(version: LoadedModel): void {
  version.leases -= 1;
  if (version.leases === 0) version.onReleased?.();
}

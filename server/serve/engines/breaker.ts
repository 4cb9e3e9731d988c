import { DomainError } from "#server/base/errors.ts";
import {
  admit,
  afterFailure,
  afterHealthy,
  afterNothing,
  afterResponse,
  type Circuit,
  closedCircuit,
  maxOpenMs,
  tripped,
} from "./circuit.ts";

/** Failed health checks in a row that open it: one may be bad luck. */
const failedChecksThatOpen = 2;

/** The circuit breaker of one engine in one gateway, on the clock of performance.now(). */
export class Breaker {
  circuit: Circuit = closedCircuit;
  /** Number of times it opened. */
  opened = 0;
  private failedChecks = 0;
  /** Description of the differences while the engine serves another model than was deployed. */
  private unfit: string | undefined;

  /** Admits a request. The caller must then record its outcome. @throws DomainError "unavailable" */
  admit(name: string): void {
    if (this.unfit) throw new DomainError("unavailable", this.unfit, { retryAfterSeconds: maxOpenMs / 1000 });
    const { circuit, waitMs } = admit(this.circuit, performance.now());
    this.circuit = circuit;
    if (waitMs === 0) return;
    const why = circuit.reason ?? `${name} failed.`;
    throw new DomainError("unavailable", `${why} Next attempt in ${Math.ceil(waitMs / 1000)}\u00a0s.`, {
      retryAfterSeconds: waitMs / 1000,
    });
  }

  recordResponse(): void {
    this.circuit = afterResponse(this.circuit);
  }

  noteFailure(reason: string): void {
    this.become(afterFailure(this.circuit, performance.now(), reason));
  }

  noteNothing(): void {
    this.circuit = afterNothing(this.circuit);
  }

  noteHealthy(): void {
    this.failedChecks = 0;
    this.unfit = undefined;
    this.circuit = afterHealthy(this.circuit, performance.now());
  }

  noteUnhealthy(reason: string): void {
    this.failedChecks += 1;
    if (this.failedChecks >= failedChecksThatOpen) this.become(tripped(this.circuit, performance.now(), reason));
  }

  /**
   * Opens the circuit immediately; a response of another model proves nothing, so only a passing health check lets requests through
   * again.
   */
  noteUnfit(reason: string): void {
    this.failedChecks = 0;
    this.unfit = reason;
    this.become(tripped(this.circuit, performance.now(), reason));
  }

  private become(circuit: Circuit): void {
    if (this.circuit.state !== "open" && circuit.state === "open") this.opened += 1;
    this.circuit = circuit;
  }
}

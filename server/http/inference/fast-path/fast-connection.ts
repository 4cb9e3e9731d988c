import type { Socket } from "node:net";
import { log } from "#server/base/log.ts";
import type { InferResult } from "../run-inference.ts";
import { type RequestHead, readHead } from "./request-head.ts";
import { responseHead } from "./response-text.ts";

/** Functions and settings that a connection needs from the fast path. */
export interface FastPathTools {
  /** Time that an idle connection stays open. */
  keepAliveSeconds: number;
  /** Whether each response closes its connection. */
  readonly isDraining: boolean;
  /** Handles a request; returns undefined at once if Node's server must handle it. @param startedAt on the clock of performance.now() */
  respond(head: RequestHead, body: Buffer, socket: Socket, startedAt: number): Promise<InferResult> | undefined;
  /** Hands a connection over to Node's server, with the bytes of the request received so far. */
  handOver(socket: Socket, bytes: Buffer): void;
  /** Called when a connection ends, or when the fast path stops handling it. */
  remove(connection: FastConnection): void;
}

/** Maximum number of bytes read ahead while a request is processed; a client that sends more without reading has to wait. */
const maxAheadBytes = 64 * 1024;
/** Time after which an incomplete request is handed over to Node's server, which enforces timeouts. */
const slowMs = 5_000;
const nothing = Buffer.alloc(0);

/** A connection whose requests have all been of the kind that the fast path supports. */
export class FastConnection {
  private readonly socket: Socket;
  private readonly tools: FastPathTools;
  /** Bytes received but not yet read. */
  private waiting: Buffer = nothing;
  private isBusy = false;
  private since = performance.now();
  /** Clients send the same head again and again. */
  private known: { bytes: Buffer; head: RequestHead } | undefined;

  constructor(socket: Socket, tools: FastPathTools) {
    this.socket = socket;
    this.tools = tools;
    socket.on("data", this.onData).on("end", this.onEnd).on("error", this.onError).once("close", this.onClose);
  }

  /** Ends the connection now, or after the request in progress. */
  end(): void {
    if (this.isBusy) return;
    if (this.waiting.length > 0) this.handOver();
    else this.socket.destroy();
  }

  /** Hands over or closes a connection that takes too long. @param now on the clock of performance.now() */
  check(now: number): void {
    if (this.isBusy) return;
    const idleMs = now - this.since;
    if (this.waiting.length > 0 && idleMs > slowMs) this.handOver();
    else if (idleMs > this.tools.keepAliveSeconds * 1000) this.socket.destroy();
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.waiting.length === 0) this.since = performance.now();
    this.waiting = this.waiting.length === 0 ? chunk : Buffer.concat([this.waiting, chunk]);
    if (!this.isBusy) this.read();
    else if (this.waiting.length > maxAheadBytes) this.socket.pause();
  };

  /** Closes a connection whose client has ended its side: as in Node's server, that client is taken not to read either. */
  private readonly onEnd = (): void => this.socket.destroySoon();
  private readonly onError = (): void => void this.socket.destroy();
  private readonly onClose = (): void => this.tools.remove(this);

  private read(): void {
    const { waiting } = this;
    const startedAt = performance.now();
    const head = this.headOf(waiting);
    if (!head) {
      this.handOver();
      return;
    }
    const end = head.length + head.bodyLength;
    if (waiting.length < end) return;
    const answering = this.tools.respond(head, waiting.subarray(head.length, end), this.socket, startedAt);
    if (!answering) {
      this.handOver();
      return;
    }
    this.waiting = waiting.length === end ? nothing : waiting.subarray(end);
    this.isBusy = true;
    answering.then((response) => this.write(response)).catch((cause: unknown) => this.fail(cause));
  }

  private headOf(bytes: Buffer): RequestHead | undefined {
    const { known } = this;
    if (known && bytes.length >= known.bytes.length && known.bytes.compare(bytes, 0, known.bytes.length) === 0) {
      return known.head;
    }
    const head = readHead(bytes);
    this.known = head && { head, bytes: Buffer.from(bytes.subarray(0, head.length)) };
    return head;
  }

  private write(response: InferResult): void {
    const { socket, tools } = this;
    if (socket.destroyed) return;
    const { body } = response;
    const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const head = responseHead(response, bytes, tools.isDraining ? 0 : tools.keepAliveSeconds);
    // A body of single-byte characters is written together with the head.
    if (bytes === body.length && typeof body === "string") socket.write(head + body, "latin1");
    else {
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
    }
    this.isBusy = false;
    this.since = performance.now();
    if (tools.isDraining) socket.destroySoon();
    else if (socket.writableNeedDrain) socket.once("drain", () => this.goOn());
    else this.goOn();
  }

  private fail(cause: unknown): void {
    log.error("connection.failed", { cause });
    this.socket.destroy();
  }

  private goOn(): void {
    this.socket.resume();
    if (this.waiting.length > 0 && !this.isBusy) this.read();
  }

  private handOver(): void {
    const { socket, waiting, tools } = this;
    socket.off("data", this.onData).off("end", this.onEnd).off("error", this.onError).off("close", this.onClose);
    this.waiting = nothing;
    tools.remove(this);
    tools.handOver(socket, waiting);
  }
}

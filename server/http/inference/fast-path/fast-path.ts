import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { observeRequest } from "#server/http/metrics.ts";
import { logAnswered } from "#server/http/server.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { countRefusal } from "../admission.ts";
import { deflated } from "../compression.ts";
import { modelPaths } from "../model-routes.ts";
import { type InferCall, type InferResult, refusal, runInference } from "../run-inference.ts";
import { FastConnection, type FastPathTools } from "./fast-connection.ts";
import type { RequestHead } from "./request-head.ts";

const sweepMs = 5_000;
const [plainRoute, versionRoute] = modelPaths.map((path) => `/v2${path}/infer`) as [string, string];

/**
 * Handles plain inference requests in front of Node's HTTP server, whose streams and events cost several times what such a
 * request needs. A connection that sends anything else is handed over to that server from this request on, complete and unchanged:
 * that server enforces all HTTP rules that are not implemented here. Must be created before the server listens.
 */
export class FastPath implements FastPathTools {
  isDraining = false;
  readonly keepAliveSeconds: number;
  private readonly core: GatewayCore;
  private readonly server: Server;
  private readonly accept: (socket: Socket) => void;
  private readonly trustsProxy: boolean;
  private readonly connections = new Set<FastConnection>();
  private readonly timer: NodeJS.Timeout;

  /** @param trustsProxy whether X-Forwarded-For identifies the client; Fastify evaluates that header */
  constructor(app: FastifyInstance, core: GatewayCore, trustsProxy: boolean) {
    this.core = core;
    this.trustsProxy = trustsProxy;
    this.server = app.server as Server;
    this.keepAliveSeconds = Math.floor(this.server.keepAliveTimeout / 1000);
    const [accept] = this.server.listeners("connection") as ((socket: Socket) => void)[];
    if (!accept) throw new Error("The server accepts no connections.");
    this.accept = accept;
    this.server.removeListener("connection", accept);
    this.server.on("connection", (socket: Socket) => void this.connections.add(new FastConnection(socket, this)));
    this.timer = setInterval(() => this.sweep(), sweepMs).unref();
    app.addHook("preClose", async () => this.close());
  }

  /** Starts draining: from now on each response closes its connection. */
  leave(): void {
    this.isDraining = true;
  }

  respond(head: RequestHead, body: Buffer, socket: Socket, startedAt: number): Promise<InferResult> | undefined {
    const caller = this.callerOf(head, socket);
    if (!caller) return undefined;
    const { model, version, headers } = head;
    const url = version === undefined ? plainRoute : versionRoute;
    const mark = { method: "POST", id: headers["x-request-id"]?.toString() ?? "", routeOptions: { url } };
    const isGone = () => socket.destroyed;
    return this.run({ caller, model, version, headers, body, elapsedMs: 0, mark, isGone }, startedAt);
  }

  handOver(socket: Socket, bytes: Buffer): void {
    this.accept.call(this.server, socket);
    if (bytes.length > 0) socket.emit("data", bytes);
    socket.resume();
  }

  remove(connection: FastConnection): void {
    this.connections.delete(connection);
  }

  /** Callers that Postgres has to tell are rare, as are those that are refused. */
  private callerOf({ headers }: RequestHead, { remoteAddress = "" }: Socket): Context | undefined {
    if (this.trustsProxy && headers["x-forwarded-for"] !== undefined) return undefined;
    try {
      return this.core.tokens.knownContext(headers.authorization, remoteAddress);
    } catch {
      return undefined;
    }
  }

  private async run(call: InferCall, startedAt: number): Promise<InferResult> {
    const { caller, model, version, body, mark } = call;
    let response: InferResult;
    try {
      const release = this.core.admit(caller, model, version, body.length);
      const answering = runInference(this.core, call);
      response = await (release ? answering.finally(release) : answering);
    } catch (error) {
      const why = await countRefusal(this.core, call, error).catch((other: unknown) => other);
      response = refusal(why, mark);
    }
    const ms = performance.now() - startedAt;
    observeRequest("POST", mark.routeOptions.url ?? "", response.status, ms);
    if (log.isDebugging) logAnswered(mark, response.status, ms);
    const accepted = call.headers["accept-encoding"];
    return accepted === undefined ? response : compressed(response, accepted);
  }

  private sweep(): void {
    const now = performance.now();
    for (const connection of this.connections) connection.check(now);
  }

  private close(): void {
    this.leave();
    clearInterval(this.timer);
    for (const connection of this.connections) connection.end();
  }
}

async function compressed(response: InferResult, accepted: string): Promise<InferResult> {
  const shorter = await deflated(response.body, accepted);
  if (!shorter) return response;
  const headers = { ...response.headers, "content-encoding": shorter.coding, vary: "accept-encoding" };
  return { ...response, headers, body: shorter.body };
}

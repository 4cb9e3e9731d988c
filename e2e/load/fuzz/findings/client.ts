import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Stack } from "../../../suite/stack.ts";

export interface Response {
  status: number;
  body: string;
  ms: number;
}

interface Call {
  /** Authorization header: bearer(token), or basic(email, password). The first token if it is left out, none if "". */
  authorization?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
  /** Address of this machine from which it is sent, such as 127.0.0.2: a second client. */
  from?: string;
}

export const bearer = (token: string): string => `Bearer ${token}`;
export const basic = (email: string, password: string): string =>
  `Basic ${Buffer.from(`${email}:${password}`).toString("base64")}`;

/** Calls the web role. Status 0 if there was no response. @param path below the address of the web role */
export function call(stack: Stack, method: string, path: string, options: Call = {}): Promise<Response> {
  return send(stack, `${stack.url}${path}`, method, options);
}

/** Calls the gateway. */
export function infer(stack: Stack, model: string, body: unknown): Promise<Response> {
  return send(stack, `${stack.gatewayUrl}/v2/models/${model}/infer`, "POST", { body });
}

function send(stack: Stack, url: string, method: string, { body, from, ...rest }: Call): Promise<Response> {
  const { authorization = bearer(stack.environment.LEEWAY_TOKEN ?? ""), headers = {} } = rest;
  const startedAt = performance.now();
  const bytes = body === undefined ? undefined : toBytes(body);
  const type = body instanceof Uint8Array ? "application/octet-stream" : "application/json";
  const all = { ...(bytes && { "content-type": type }), ...(authorization && { authorization }), ...headers };
  return new Promise((resolve) => {
    const fail = () => resolve({ status: 0, body: "", ms: performance.now() - startedAt });
    const sent = request(
      url,
      { method, headers: all, agent: false, ...(from && { localAddress: from }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", fail);
        response.once("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: text, ms: performance.now() - startedAt });
        });
      },
    );
    sent.setTimeout(60_000, () => sent.destroy());
    sent.once("error", fail);
    sent.end(bytes);
  });
}

function toBytes(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** Returns the body as JSON. @throws Error with the response if it is none, or no success */
export function resultOf<Result>({ status, body }: Response): Result {
  if (status < 200 || status > 299) throw new Error(`${status} ${body.slice(0, 300)}`);
  return (body ? JSON.parse(body) : {}) as Result;
}

/** Sends bytes on a connection of their own. @returns the beginning of the response, and the time until it came or the connection ended */
export async function raw(url: string, bytes: string, limitMs = 60_000): Promise<{ head: string; ms: number }> {
  const { hostname, port } = new URL(url);
  const startedAt = performance.now();
  const socket = connect(Number(port), hostname);
  const answered = Promise.withResolvers<string>();
  socket.on("data", (data: Buffer) => answered.resolve(data.toString("latin1")));
  socket.on("error", () => answered.resolve("")).on("close", () => answered.resolve(""));
  socket.write(bytes, "latin1");
  const timer = setTimeout(() => answered.resolve("no response"), limitMs);
  const head = await answered.promise;
  clearTimeout(timer);
  socket.destroy();
  return { head: head.split("\r\n")[0] ?? "", ms: performance.now() - startedAt };
}

/** Returns a value from the environment of a process of this user. */
export function environmentOf(pid: number, name: string): string | undefined {
  const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Waits for a condition. @returns the milliseconds until it was true; undefined if it stayed false */
export async function until(isTrue: () => boolean | Promise<boolean>, limitMs: number): Promise<number | undefined> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < limitMs) {
    if (await isTrue()) return performance.now() - startedAt;
    await pause(100);
  }
  return undefined;
}

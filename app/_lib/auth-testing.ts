import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import NextAuth from "next-auth";
import { onTestFinished } from "vitest";
import { type AuthRuntime, authOptions, type Caller } from "./auth.ts";

/** Listens on a free port until the test ends. @returns the address, without a slash at the end. */
export async function listen(handler: (address: string) => RequestListener): Promise<string> {
  const server = createServer((request, response) => result(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const result = handler(address);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return address;
}

/** Starts next-auth with Leeway's options on its own HTTP server; Next would add nothing but the routing. */
export async function listenForSignIn(runtimeAt: (address: string) => AuthRuntime): Promise<string> {
  return listen((address) => async (request, response) => {
    const url = new URL(request.url ?? "/", address);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const query = Object.fromEntries(url.searchParams);
    const path = url.pathname.split("/").slice(3);
    const cookies = Object.fromEntries(
      (request.headers.cookie ?? "")
        .split("; ")
        .map((pair) => [pair.split("=")[0], decodeURIComponent(pair.slice(pair.indexOf("=") + 1))]),
    );
    const body = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
    Object.assign(request, { query: { ...query, nextauth: path }, cookies, body });
    Object.assign(response, {
      status: (code: number) => Object.assign(response, { statusCode: code }),
      json: (value: unknown) => response.setHeader("content-type", "application/json").end(JSON.stringify(value)),
      send: (value: unknown) => response.end(typeof value === "string" ? value : JSON.stringify(value)),
    });
    const caller: Caller = {
      address: async () => "192.0.2.1",
      agent: async () => request.headers["user-agent"] ?? null,
      cookie: async (name) => cookies[name],
      setCookie: async (name, value, seconds) => {
        response.appendHeader("set-cookie", `${name}=${value}; Path=/; HttpOnly; Max-Age=${seconds}`);
      },
    };
    await NextAuth(request as never, response as never, authOptions(runtimeAt(address), caller));
  });
}

/** A browser as far as sign-in needs one: cookies per host, and redirects followed by hand. */
export class Visitor {
  readonly #cookies = new Map<string, Map<string, string>>();

  async visit(url: string, form?: Record<string, string>): Promise<{ status: number; location: string; text: string }> {
    const jar = this.#cookies.get(new URL(url).host) ?? new Map<string, string>();
    this.#cookies.set(new URL(url).host, jar);
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = cookie.split(";")[0]?.split(/=(.*)/s) ?? [];
      jar.set(name, value);
    }
    const location = new URL(response.headers.get("location") ?? "", url).href;
    return { status: response.status, location, text: await response.text() };
  }

  cookie(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).host)?.get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    const { host } = new URL(url);
    this.#cookies.set(host, (this.#cookies.get(host) ?? new Map<string, string>()).set(name, value));
  }
}

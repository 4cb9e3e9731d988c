import type { DemoTarget } from "#server/roles/demo/client.ts";

const limitMs = 10_000;

/** Sends one request to the web role without retries. @returns its status, 0 without a response. */
export async function call(target: DemoTarget, method: string, path: string, body: object): Promise<number> {
  const isFile = Buffer.isBuffer(body);
  try {
    const response = await fetch(`${target.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${target.token}`,
        "content-type": isFile ? "application/octet-stream" : "application/json",
      },
      body: isFile ? new Uint8Array(body) : JSON.stringify(body),
      signal: AbortSignal.timeout(limitMs),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

import type { DemoTarget } from "#server/roles/demo/client.ts";

const limitMs = 10_000;

/** One request to the web role, as it is: no retry. @returns its status, 0 when there was no answer. */
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

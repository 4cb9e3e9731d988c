import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Pager {
  /** URL that messages are posted to. */
  url: string;
  /** Secret that signs them. */
  secret: string;
  /** Stops listening immediately. */
  close(): void;
}

interface ReceivedPage {
  status: string;
  alerts: { labels: Record<string, string>; annotations: Record<string, string>; generatorURL: string }[];
}

/**
 * Starts a stand-in for a pager: a receiver of signed webhooks on this machine, on a free port, that passes each message to `say`.
 * It responds with 403 to messages not signed with its secret, which is new at each start.
 */
export async function startPager(say: (line: string) => void): Promise<Pager> {
  const secret = randomBytes(24).toString("base64url");
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const {
      "x-mlflow-delivery-id": id,
      "x-mlflow-timestamp": seconds,
      "x-mlflow-signature": receivedSignature,
    } = request.headers;
    const signature = `v1,${createHmac("sha256", secret).update(`${id}.${seconds}.${body}`).digest("base64")}`;
    if (!isSame(String(receivedSignature), signature)) {
      response.writeHead(403).end("The signature is not of this pager's secret.");
      return;
    }
    response.writeHead(204).end();
    for (const line of pagerLines(JSON.parse(body) as ReceivedPage)) say(line);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/pages`, secret, close };
}

/** Formats one line per alert of a message. */
function pagerLines({ status, alerts }: ReceivedPage): string[] {
  return alerts.map(({ labels, annotations }) => {
    const what = annotations.summary ?? labels.alertname ?? "something";
    const isNotice = labels.alertname?.startsWith("Leeway") ?? false;
    return isNotice ? what : `${status === "firing" ? (labels.severity ?? "alert") : "resolved"}: ${what}`;
  });
}

function isSame(receivedSignature: string, expected: string): boolean {
  const [a, b] = [Buffer.from(receivedSignature), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { SMTPServer } from "smtp-server";

/** Message about a group received by a channel; `wire` is identical for a second copy of the same message. */
export interface Taken {
  channel: "webhook" | "pagerduty" | "slack-bot" | "email";
  group: string;
  status: "firing" | "resolved";
  wire: string;
  at: number;
}

export interface Notifier {
  url: string;
  smtpUrl: string;
  taken: readonly Taken[];
  /** Requests that were refused while it was down. */
  refused(): number;
  /** Returns the number of requests without a response yet. */
  open(): number;
  turn(to: "up" | "down"): void;
  close(): Promise<void>;
}

/** Response delay, long enough that a killed worker leaves messages that were accepted but not answered. */
const answerMs = 150;

/** Starts the receiving side of every channel in one process. While down, it alternately responds with 503 and cuts the connection. */
export async function openNotifier(): Promise<Notifier> {
  const taken: Taken[] = [];
  let [isDown, refused, open] = [false, 0, 0];
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    if (isDown) {
      refused += 1;
      if (refused % 2 === 0) return void request.destroy();
      return void response.writeHead(503).end("down");
    }
    open += 1;
    taken.push({ ...read(request.url ?? "", request.headers, JSON.parse(body)), at: Date.now() });
    await pause(answerMs);
    open -= 1;
    const ts = String(taken.length);
    response
      .writeHead(200, { "Content-Type": "application/json" })
      .end(JSON.stringify({ ok: true, channel: "C1", ts }));
  });
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onConnect: (_session, done) => {
      if (isDown) refused += 1;
      done(isDown ? Object.assign(new Error("down"), { responseCode: 421 }) : undefined);
    },
    onData: (stream, _session, done) => {
      text(stream).then((source) => {
        open += 1;
        taken.push({ ...readMail(source), at: Date.now() });
        setTimeout(() => {
          open -= 1;
          done();
        }, answerMs);
      }, done);
    },
  });
  // A killed worker leaves its SMTP dialogue unfinished.
  smtp.on("error", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  await new Promise<void>((listening) => smtp.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    smtpUrl: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    taken,
    refused: () => refused,
    open: () => open,
    turn: (to) => {
      isDown = to === "down";
      if (isDown) server.closeAllConnections();
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await new Promise<void>((closed) => smtp.close(closed));
    },
  };
}

type Json = Record<string, unknown>;

function read(path: string, headers: Record<string, unknown>, body: Json): Omit<Taken, "at"> {
  if (path.startsWith("/v2/enqueue")) {
    const status = body.event_action === "trigger" ? "firing" : "resolved";
    return { channel: "pagerduty", group: String(body.dedup_key), status, wire: `${body.dedup_key} ${status}` };
  }
  const words = JSON.stringify(body);
  const { group, status } = readTitle(words);
  if (path.includes("chat.")) return { channel: "slack-bot", group, status, wire: `${group} ${status}` };
  return { channel: "webhook", group, status, wire: String(headers["x-mlflow-delivery-id"]) };
}

function readMail(source: string): Omit<Taken, "at"> {
  const wire = /^Message-ID: (\S+)/im.exec(source)?.[1] ?? "";
  // A reply has the title of the first message as its subject, so the status comes from the body.
  const { group, status } = readTitle(source.slice(source.indexOf("text/plain")));
  return { channel: "email", group, status, wire };
}

function readTitle(words: string): Pick<Taken, "group" | "status"> {
  const [, state = "", group = ""] = /(PAGE|RESOLVED) drill-(\d+)/.exec(words) ?? [];
  return { group, status: state === "PAGE" ? "firing" : "resolved" };
}

import { createHash } from "node:crypto";
import { createClient, RESP_TYPES } from "@redis/client";
import { log } from "#server/base/log.ts";

/** What a command takes and returns: texts and bytes, numbers, and lists of these. */
export type RedisReply = Buffer | string | number | null | readonly RedisReply[];

/** A script that the server runs as one step. */
export class RedisScript {
  readonly text: string;
  readonly sha: string;

  constructor(text: string) {
    this.text = text;
    this.sha = createHash("sha1").update(text).digest("hex");
  }
}

/** Valkey or Redis does not respond, or not in time, or refuses. */
class RedisUnavailable extends Error {}

const connectMs = 2_000;
const maxReconnectMs = 2_000;
/** A connection on which a command has waited for so long is replaced. */
const hungMs = 3_000;

function open(url: string) {
  const client = createClient({
    url,
    // Every server since Redis 2 speaks it.
    RESP: 2,
    socket: {
      connectTimeout: connectMs,
      keepAlive: true,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, maxReconnectMs),
    },
    // Commands fail at once while there is no connection: whoever sent them reads elsewhere.
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  return client;
}

/** A connection to Valkey or Redis, which is opened again whenever it is lost or hangs. */
export class RedisConnection {
  private readonly url: string;
  private client: ReturnType<typeof open>;
  private isClosed = false;
  private wasReady = true;

  /** @param url redis:// or rediss://, with user, password and number of the database */
  constructor(url: string) {
    this.url = url;
    this.client = this.connect();
  }

  /**
   * Sends a command.
   * @param withinMs time to wait for the reply
   * @throws RedisUnavailable
   */
  async command(args: readonly (string | Buffer)[], withinMs: number): Promise<RedisReply> {
    const { client } = this;
    const timers: NodeJS.Timeout[] = [];
    const late = new Promise<never>((_, reject) => {
      timers.push(setTimeout(() => reject(new RedisUnavailable("It does not respond in time.")), withinMs));
    });
    const hung = setTimeout(() => this.replace(client), Math.max(hungMs, withinMs));
    hung.unref();
    const reply: Promise<unknown> = client.sendCommand([...args]).finally(() => clearTimeout(hung));
    reply.catch(() => {});
    try {
      return (await Promise.race([reply, late])) as RedisReply;
    } catch (error) {
      if (error instanceof RedisUnavailable) throw error;
      throw new RedisUnavailable((error as Error).message, { cause: error });
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  /** Runs a script. The server keeps its text until it restarts. @throws RedisUnavailable */
  async script(
    { sha, text }: RedisScript,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
    withinMs: number,
  ): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.command(["EVALSHA", sha, ...rest], withinMs);
    } catch (error) {
      if (!(error instanceof RedisUnavailable && error.message.startsWith("NOSCRIPT"))) throw error;
      return this.command(["EVAL", text, ...rest], withinMs);
    }
  }

  close(): void {
    this.isClosed = true;
    this.client.destroy();
  }

  private connect(): ReturnType<typeof open> {
    const client = open(this.url);
    client.on("error", (cause: Error) => {
      if (this.wasReady) log.warn("feature_store.disconnected", { reason: cause.message });
      this.wasReady = false;
    });
    client.on("ready", () => {
      if (!this.wasReady) log.info("feature_store.connected");
      this.wasReady = true;
    });
    // It tries until it is connected or destroyed.
    client.connect().catch(() => {});
    return client;
  }

  private replace(client: ReturnType<typeof open>): void {
    if (this.isClosed || client !== this.client) return;
    this.client = this.connect();
    client.destroy();
  }
}

import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { schemaState, tooOldSentence } from "#db/migrate.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";

/** Resolves when the dependency works. A DomainError's message is sent to the caller; any other may name buckets and hosts, for the log. */
export type Check = () => Promise<void>;

const limitMs = 2_000;
const maxSilentSeconds = 60;

/**
 * `/health/live`: the event loop turns, and nothing else. `/health/ready`: everything that the role needs for its work works too; otherwise
 * 503 and the names of what does not. What limits the role, but is no reason to send requests elsewhere, makes it "degraded" with 200: if
 * all replicas share the cause, none is better. A full disk leaves a role ready: it continues to read and delete, which is what frees the disk, and
 * it rejects by itself the writes that fail. Both without sign-in, for load balancers, so that nothing else is named.
 * @param checks without which the role is not ready
 * @param degrading checks without which it is degraded
 */
export function health(
  app: FastifyInstance,
  checks: Record<string, Check>,
  degrading: Record<string, Check> = {},
): void {
  app.get("/health/live", async () => ({ status: "live" }));
  // Probes arrive every few seconds: a failure is logged when it starts, and when its reason changes.
  const logged = new Map<string, string>();
  app.get("/health/ready", async (_request, reply) => {
    const outcomesOf = (of: Record<string, Check>) =>
      Promise.all(
        Object.entries(of).map(async ([name, check]) => [name, await outcomeOf(name, check, logged)] as const),
      );
    const [needed, others] = await Promise.all([outcomesOf(checks), outcomesOf(degrading)]);
    const isOk = ([, outcome]: readonly [string, string]) => outcome === "ok";
    const isReady = needed.every(isOk);
    const status = !isReady ? "not ready" : others.every(isOk) ? "ready" : "degraded";
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status, checks: Object.fromEntries([...needed, ...others]) });
  });
}

async function outcomeOf(name: string, check: Check, logged: Map<string, string>): Promise<string> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(notReady(`no response within ${limitMs / 1000} s`)), limitMs);
  try {
    await Promise.race([check(), timer.promise]);
    logged.delete(name);
    return "ok";
  } catch (cause) {
    if (cause instanceof DomainError) {
      log.debug("health.failed", { check: name, reason: cause.message });
      return cause.message;
    }
    if (logged.get(name) !== String(cause)) log.error("health.failed", { check: name, cause });
    logged.set(name, String(cause));
    return "internal error; see the log";
  } finally {
    clearTimeout(timeout);
  }
}

/** Checks that Postgres responds and that its tables are those of this program, or of a newer one that works beside it. */
export function databaseCheck(pool: Pool): Check {
  return async () => {
    const state = await schemaState(pool).catch(() => {
      throw notReady("Postgres is unavailable");
    });
    if (state === "behind") throw notReady("pending migrations");
    if (state === "unsupported") throw notReady("the database is older than this version of Leeway can upgrade");
    if (state === "newer") throw notReady(tooOldSentence);
  };
}

/** Checks that changes by other roles arrive, by LISTEN or by polling behind it. */
export function eventsCheck(events: Pick<EventFeed, "silentMs">): Check {
  return async () => {
    const seconds = Math.round(events.silentMs() / 1000);
    if (seconds > maxSilentSeconds) throw notReady(`no connection for changes for ${seconds} s`);
  };
}

/** Fails with the problems, if there are any. */
export function problemsCheck(problems: () => readonly string[]): Check {
  return async () => {
    const found = problems();
    if (found.length > 0) throw notReady(found.join("; "));
  };
}

function notReady(reason: string): DomainError {
  return new DomainError("unavailable", reason);
}

import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { schemaState, tooOldSentence } from "#db/migrate.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";

/** Resolves when the dependency works. A DomainError's message is sent to the caller; any other may name buckets and hosts, for the log. */
export type Check = () => Promise<void>;

const limitMs = 2_000;

/**
 * `/health/live`: the process responds. `/health/ready`: everything it needs for its work responds too; otherwise 503 and
 * the names of what does not. A full disk leaves a role ready: it continues to read and delete, which is what frees the disk, and
 * it rejects by itself the writes that fail. Both without sign-in, for load balancers, so that nothing else is named.
 */
export function health(app: FastifyInstance, checks: Record<string, Check>): void {
  app.get("/health/live", async () => ({ status: "live" }));
  // Probes arrive every few seconds: a failure is logged when it starts, and when its reason changes.
  const logged = new Map<string, string>();
  app.get("/health/ready", async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(name, check, logged)] as const),
    );
    const isReady = results.every(([, outcome]) => outcome === "ok");
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: isReady ? "ready" : "not ready", checks: Object.fromEntries(results) });
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

function notReady(reason: string): DomainError {
  return new DomainError("unavailable", reason);
}

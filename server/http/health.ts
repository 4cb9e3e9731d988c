import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { schemaState } from "#db/migrate.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";

/** Resolves when the thing works. A DomainError's message is told to whoever asks; any other may name buckets and hosts, for the log. */
export type Check = () => Promise<void>;

const limitMs = 2_000;

/**
 * `/health/live`: the process answers. `/health/ready`: everything it needs for its work answers too; 503 and
 * the name of what does not otherwise. A full disk leaves a role ready: it reads and deletes on, which is what frees the disk, and
 * what it cannot write it refuses by itself. Both without sign-in, for load balancers, so that nothing else is named.
 */
export function health(app: FastifyInstance, checks: Record<string, Check>): void {
  app.get("/health/live", async () => ({ status: "live" }));
  // Probes come every few seconds: what fails is logged when it begins, and when its reason is another.
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

/** Postgres answers, and its tables are those of this program. */
export function databaseCheck(pool: Pool): Check {
  return async () => {
    const state = await schemaState(pool).catch(() => {
      throw notReady("Postgres is unavailable");
    });
    if (state === "behind") throw notReady("pending migrations");
    if (state === "unsupported") throw notReady("the database is older than this version of Leeway can upgrade");
    if (state === "newer") throw notReady("the database was migrated by a newer version of Leeway");
  };
}

function notReady(reason: string): DomainError {
  return new DomainError("unavailable", reason);
}

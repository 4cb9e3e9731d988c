import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { schemaState } from "#db/migrate.ts";
import { isSystemError } from "#server/errors.ts";
import { log } from "#server/log.ts";

/** Resolves when the thing works; rejects with a message for whoever looks at the answer. */
export type Check = () => Promise<void>;

const limitMs = 2_000;

/**
 * `/health/live`: the process answers. `/health/ready`: everything it needs for its work answers too; 503 and
 * the name of what does not otherwise. Both without sign-in, for load balancers.
 */
export function health(app: FastifyInstance, checks: Record<string, Check>): void {
  app.get("/health/live", async () => ({ status: "live" }));
  app.get("/health/ready", async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(name, check)] as const),
    );
    const isReady = results.every(([, outcome]) => outcome === "ok");
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: isReady ? "ready" : "not ready", checks: Object.fromEntries(results) });
  });
}

async function outcomeOf(name: string, check: Check): Promise<string> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  try {
    await Promise.race([check(), timer.promise]);
    return "ok";
  } catch (cause) {
    if (cause instanceof Error && !isSystemError(cause)) {
      log.debug("health.failed", { check: name, reason: cause.message });
      return cause.message;
    }
    log.error("health.failed", { check: name, cause });
    return "it failed; the log says why";
  } finally {
    clearTimeout(timeout);
  }
}

/** Postgres answers, and its tables are those of this program. */
export function databaseCheck(pool: Pool): Check {
  return async () => {
    const state = await schemaState(pool).catch(() => {
      throw new Error("Postgres does not answer");
    });
    if (state === "behind") throw new Error("migrations are missing");
    if (state === "newer") throw new Error("the database was migrated by a newer Leeway");
  };
}

import type { FastifyInstance } from "fastify";
import { SetWatchdog, Watchdog } from "#server/alerting/watchdog/contract.ts";
import { getWatchdog } from "#server/alerting/watchdog/queries.ts";
import { setWatchdog } from "#server/alerting/watchdog/set-watchdog.ts";
import { route } from "./route.ts";

/** The alert that always fires, for a dead man's switch outside. */
export function watchdog(app: FastifyInstance): void {
  const path = "/watchdog";
  const get = { summary: "Get the watchdog and its last delivery", response: Watchdog };
  route(app, { method: "GET", path, ...get }, ({ ctx }) => getWatchdog(ctx));
  const set = { summary: "Set or disable the watchdog", body: SetWatchdog, response: Watchdog };
  route(app, { method: "PUT", path, ...set }, ({ ctx, body }) => setWatchdog(ctx, body));
}

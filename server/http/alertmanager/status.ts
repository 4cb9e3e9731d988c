import type { FastifyInstance } from "fastify";
import { describeRouting } from "#server/alerting/alerts/alertmanager/describe-routing.ts";
import { matchesAll } from "#server/alerting/alerts/matchers/matches.ts";
import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import manifest from "../../../package.json" with { type: "json" };
import { callerOf } from "./caller.ts";
import { ReceiverQuery } from "./query.ts";

/** Version of Alertmanager whose API this implements; clients choose their requests by it. */
const spoken = "0.34.0";

/** Registers the route that returns the server's version and its routing. */
export function statusRoutes(app: FastifyInstance): void {
  const startedAt = new Date().toISOString();
  const versionInfo = {
    version: spoken,
    revision: `leeway-${manifest.version}`,
    branch: "leeway",
    buildUser: "leeway",
    buildDate: startedAt,
    goVersion: `node ${process.version}`,
  };
  app.get("/status", async (request) => {
    const { config } = await describeRouting(callerOf(request));
    return { cluster: { status: "disabled", peers: [] }, config: { original: config }, uptime: startedAt, versionInfo };
  });
  app.get("/receivers", async (request) => {
    const matchers = ReceiverQuery.parse(request.query).receiver_matchers.flatMap(parseMatchers);
    const { receivers } = await describeRouting(callerOf(request));
    return receivers.filter((name) => matchesAll(matchers, { name })).map((name) => ({ name }));
  });
}

import type { FastifyInstance } from "fastify";
import type { Context } from "#server/base/context.ts";
import { annotatorOf } from "#server/improve/labelling/annotators/annotator-of.ts";
import { loadPeople } from "#server/improve/labelling/exchange/people.ts";
import { compatibleRelease } from "./release.ts";
import { labelStudioRoute } from "./route.ts";
import { userShape } from "./shapes.ts";

/** What clients ask first: which Label Studio this is, and who they are. */
export function systemRoutes(app: FastifyInstance): void {
  labelStudioRoute(app, "/api/version", { GET: getVersion });
  labelStudioRoute(app, "/api/current-user/whoami", { GET: getCaller });
}

/** With another edition the SDK exports by calls of the paid server. */
async function getVersion() {
  const short_version = compatibleRelease.replace(/\.\d+$/, "");
  return {
    edition: "Community",
    release: compatibleRelease,
    "label-studio-os-package": { version: compatibleRelease, short_version },
  };
}

async function getCaller(ctx: Context) {
  const { person, name } = await annotatorOf(ctx);
  const people = await loadPeople(ctx);
  return { ...userShape({ ...people.annotator(person), name }), permissions: [], active_organization: 1 };
}

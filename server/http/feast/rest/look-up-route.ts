import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { Cells } from "#server/develop/features/contract.ts";
import { fromFeastVersion } from "../view-version.ts";
import { answerText, maxAgeMs } from "./answer-text.ts";
import { bodyOf } from "./body.ts";
import { callerOf } from "./caller.ts";
import { type FeastDependencies, feastRoute } from "./feast-route.ts";

const LookUp = z.object({
  entities: z.record(z.string(), Cells),
  features: z.array(z.string()).max(5_000).nullish(),
  feature_service: z.string().nullish(),
  full_feature_names: z.boolean().nullish(),
  include_feature_view_version_metadata: z.boolean().nullish(),
});

/** Returns a reference with Leeway's number of a version. */
function ownReference(reference: string): string {
  return reference.replace(/@v(\d{1,9}):/, (_, number) => `@v${fromFeastVersion(Number(number))}:`);
}

/** Registers the look-up: docs/spec/features.md section 10.1. */
export function lookUpRoute(app: FastifyInstance, { features }: FeastDependencies): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, LookUp);
    const found = await features.lookUp(callerOf(request), {
      entities: body.entities,
      features: (body.features ?? []).map(ownReference),
      service: body.feature_service ?? undefined,
      fullNames: body.full_feature_names ?? false,
    });
    const age = maxAgeMs(found);
    if (age !== undefined) reply.header("leeway-feature-age-ms", age);
    reply.header("content-type", "application/json");
    const hasVersions = body.include_feature_view_version_metadata ?? false;
    return answerText(found, { requestId: request.id, hasVersions });
  };
  feastRoute(app, "POST", "/get-online-features", answer, { permission: "lookUpFeatures" });
}

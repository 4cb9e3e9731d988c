import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { FeatureError } from "#server/develop/features/feature-error.ts";
import type { StartMaterialisations } from "#server/develop/features/materialisations/contract.ts";
import {
  type StartedMaterialisations,
  startMaterialisations,
} from "#server/develop/features/materialisations/start-materialisations.ts";
import { waitForMaterialisations } from "#server/develop/features/materialisations/wait-for-materialisations.ts";
import { parseTime } from "#server/develop/features/values/parse-time.ts";
import { bodyOf } from "./body.ts";
import { callerOf } from "./caller.ts";
import { feastRoute } from "./feast-route.ts";

const Views = z.array(z.string()).nullish();
const Materialize = z.object({
  start_ts: z.string().nullish(),
  end_ts: z.string().nullish(),
  feature_views: Views,
  disable_event_timestamp: z.boolean().nullish(),
});
const MaterializeIncremental = z.object({ end_ts: z.string(), feature_views: Views });

type Range = Pick<StartMaterialisations, "from" | "to">;

/** Registers materialisation: docs/spec/features.md section 10.7. */
export function materializeRoutes(app: FastifyInstance): void {
  const whole = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, Materialize);
    const range = body.disable_event_timestamp ? { from: null, to: null } : rangeOf(body.start_ts, body.end_ts);
    return materialize(request, reply, body.feature_views, range);
  };
  const incremental = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, MaterializeIncremental);
    checkTime("end_ts", body.end_ts);
    return materialize(request, reply, body.feature_views, { from: "last", to: body.end_ts });
  };
  feastRoute(app, "POST", "/materialize", whole, { permission: "startMaterialisation" });
  feastRoute(app, "POST", "/materialize-incremental", incremental, { permission: "startMaterialisation" });
}

async function materialize(
  request: FastifyRequest,
  reply: FastifyReply,
  names: readonly string[] | null | undefined,
  range: Range,
): Promise<unknown> {
  const ctx = callerOf(request);
  const { async: isAsync, force } = request.query as { async?: string; force?: string };
  const doesWait = isAsync !== "true";
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  let started: StartedMaterialisations;
  try {
    started = await startMaterialisations(ctx, {
      views: names ? [...new Set(names)] : null,
      ...range,
      restart: force === "true",
      // Feast's client sends a request again when its connection is cut.
      joins: doesWait,
    });
  } catch (error) {
    if (error instanceof FeatureError && error.problem === "materialising") return sendUnderWay(reply, error);
    throw error;
  }
  if (!doesWait) return reply.code(202).send({ status: "accepted", feature_views: started.views });
  await waitForMaterialisations(ctx, started.ids, gone.signal).catch((error: unknown) => {
    // Nobody reads the answer; the worker goes on.
    if (!gone.signal.aborted) throw error;
  });
  return reply.header("content-type", "application/json").send("null");
}

/** The client shows `error` of an object here, and decodes no class. */
function sendUnderWay(reply: FastifyReply, { message, views }: FeatureError): FastifyReply {
  return reply.code(409).send({ error: `${message} Use ?force=true to restart them.`, feature_views: views });
}

function rangeOf(start: string | null | undefined, end: string | null | undefined): Range {
  if (start == null || end == null) {
    throw new DomainError("invalid", "start_ts and end_ts are required unless disable_event_timestamp is true.");
  }
  if (checkTime("start_ts", start) > checkTime("end_ts", end)) {
    throw new DomainError("invalid", "start_ts must be before end_ts.");
  }
  return { from: start, to: end };
}

function checkTime(field: string, text: string): bigint {
  const time = parseTime(text);
  if (time === undefined)
    throw new DomainError("invalid", `${field} is not a time: ${JSON.stringify(text.slice(0, 60))}.`);
  return time;
}

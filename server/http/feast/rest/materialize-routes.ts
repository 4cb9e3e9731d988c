import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { DefinedView, Definitions } from "#server/develop/features/definitions/definitions.ts";
import { noFeatureView } from "#server/develop/features/feature-error.ts";
import { parseTime } from "#server/develop/features/values/parse-time.ts";
import { bodyOf } from "./body.ts";
import { callerOf } from "./caller.ts";
import { type FeastDependencies, feastRoute } from "./feast-route.ts";

const Views = z.array(z.string()).nullish();
const Materialize = z.object({
  start_ts: z.string().nullish(),
  end_ts: z.string().nullish(),
  feature_views: Views,
  disable_event_timestamp: z.boolean().nullish(),
});
const MaterializeIncremental = z.object({ end_ts: z.string(), feature_views: Views });

/** Registers materialisation: docs/spec/features.md section 10.7. */
export function materializeRoutes(app: FastifyInstance, { features }: FeastDependencies): void {
  const whole = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, Materialize);
    if (!body.disable_event_timestamp) checkRange(body.start_ts, body.end_ts);
    return materialize(request, reply, body.feature_views);
  };
  const incremental = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bodyOf(request, MaterializeIncremental);
    timeOf("end_ts", body.end_ts);
    return materialize(request, reply, body.feature_views);
  };

  feastRoute(app, "POST", "/materialize", whole, { permission: "writeFeatures" });
  feastRoute(app, "POST", "/materialize-incremental", incremental, { permission: "writeFeatures" });

  /** Rows of push sources are online as soon as they are pushed, so nothing is left to do for their views. */
  async function materialize(
    request: FastifyRequest,
    reply: FastifyReply,
    names: readonly string[] | null | undefined,
  ): Promise<unknown> {
    const definitions = await features.definitions(callerOf(request));
    const views = names ? names.map((name) => viewOf(definitions, name)) : [...definitions.views.values()];
    for (const view of views) checkSource(definitions, view);
    const { async: isAsync } = request.query as { async?: string };
    if (isAsync !== "true") return reply.header("content-type", "application/json").send("null");
    return reply.code(202).send({ status: "accepted", feature_views: views.map(({ name }) => name) });
  }
}

function viewOf({ views }: Definitions, name: string): DefinedView {
  const view = views.get(name);
  if (!view) throw noFeatureView(name);
  return view;
}

/** Fails for a view whose rows would have to be read from somewhere. */
function checkSource({ sources }: Definitions, { name, source }: DefinedView): void {
  const found = source === null ? undefined : sources.get(source);
  if (!found || found.kind === "push") return;
  const kind = found.kind === "stored" ? (found.options.kindName ?? "this") : found.kind;
  throw new DomainError(
    "invalid",
    `Leeway cannot materialize "${name}": it does not read ${kind} sources. Write its rows to the online store.`,
  );
}

function checkRange(start: string | null | undefined, end: string | null | undefined): void {
  if (start == null || end == null) {
    throw new DomainError("invalid", "start_ts and end_ts are required unless disable_event_timestamp is true.");
  }
  if (timeOf("start_ts", start) > timeOf("end_ts", end)) {
    throw new DomainError("invalid", "start_ts must be before end_ts.");
  }
}

function timeOf(field: string, text: string): bigint {
  const time = parseTime(text);
  if (time === undefined)
    throw new DomainError("invalid", `${field} is not a time: ${JSON.stringify(text.slice(0, 60))}.`);
  return time;
}

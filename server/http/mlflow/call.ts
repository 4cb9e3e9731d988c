import type { Context } from "#server/base/context.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { type Fields, record, type Values } from "./fields.ts";

/** The one header that is an argument too, of calls that cannot tell a repeated request from a second one. */
export const idempotencyHeader = "idempotency-key";

/** One call of MLflow's JSON interface. */
export interface Call {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below /api/2.0/mlflow and /ajax-api/2.0/mlflow; parameters as ":model_id". */
  path: string;
  /** Version of the call, which is part of its path. */
  version: "2.0" | "3.0";
  /** Reads the arguments (query or body, with those of the path on top) and runs the call. The result is sent as JSON. */
  run(ctx: Context, sent: Record<string, unknown>, deps: WebDependencies): Promise<object>;
  /** Names of its arguments. */
  names: string[];
  /** Served to browsers only, below /ajax-api. */
  isForBrowsers: boolean;
}

/**
 * Declares a call. Fields are checked in the order given; unknown ones are ignored. The handler returns the body as sent:
 * snake_case, without fields never set, NaN as "NaN" (see shapes.ts). It throws DomainErrors, whose message is sent as it is.
 * @param path below /mlflow, such as "runs/create" or "logged-models/:model_id"; `*` at its end is named "*" among the fields.
 */
export function call<Shape extends Fields>(
  method: Call["method"],
  path: string,
  shape: Shape,
  handler: (ctx: Context, input: Values<Shape>, deps: WebDependencies) => Promise<object>,
  options: { isForBrowsers?: boolean; version?: Call["version"] } = {},
): Call {
  const input = record(shape);
  const lists = new Set(Object.keys(shape).filter((name) => shape[name]?.isList));
  return {
    method,
    path,
    version: options.version ?? "2.0",
    names: Object.keys(shape),
    isForBrowsers: options.isForBrowsers ?? false,
    run: (ctx, sent, deps) => {
      const given = method === "GET" ? fromQuery(sent, lists) : sent;
      return handler(ctx, input.read(withRunId(given), ""), deps);
    },
  };
}

/** Reads arguments from a query: lists are repeated, so one value is a list of one; of a repeated scalar the first value is used. */
function fromQuery(query: Record<string, unknown>, lists: Set<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (lists.has(name)) return [name, Array.isArray(value) ? value : [value]];
      return [name, Array.isArray(value) ? value[0] : value];
    }),
  );
}

/** Accepts `run_uuid` as the run id: old clients send only that, new ones send both. */
function withRunId(sent: Record<string, unknown>): Record<string, unknown> {
  return !sent.run_id && sent.run_uuid ? { ...sent, run_id: sent.run_uuid } : sent;
}

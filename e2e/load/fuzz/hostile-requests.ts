import { calls } from "#server/http/mlflow/calls.ts";
import { hostileTexts } from "./hostile-texts.ts";

/** A request of the time fuzz. */
export interface HostileRequest {
  /** `POST /api/v1/slos blanks`: what is called, and with which text. */
  name: string;
  method: string;
  /** Path and query. */
  path: string;
  body: string | undefined;
}

/** Node refuses longer request heads. */
const maxAddressLength = 12_000;
const maxSchemaDepth = 6;

/** What the OpenAPI document uses of JSON Schema. */
export interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  minimum?: number;
  maximum?: number;
}

interface Operation {
  parameters?: { name: string; in: string; schema: JsonSchema }[];
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

/** Every operation of the REST API with each text: in all its parameters, and in all texts of its body. */
export function* restRequests({ paths }: OpenApi): Generator<HostileRequest> {
  for (const [pattern, operations] of Object.entries(paths)) {
    // The stream of events never ends.
    if (pattern.endsWith("/events")) continue;
    for (const [verb, { parameters = [], requestBody }] of Object.entries(operations)) {
      const method = verb.toUpperCase();
      for (const [kind, text] of Object.entries(hostileTexts)) {
        const short = encodeURIComponent(text.slice(0, 1_500).toWellFormed()).slice(0, 4_000);
        const address = `/api/v1${pattern.replaceAll(/\{(\w+)\}/g, short)}`;
        const query = parameters.filter((each) => each.in === "query").map(({ name }) => `${name}=${short}`);
        const path = `${address}${query.length > 0 ? `?${query.join("&")}` : ""}`.slice(0, maxAddressLength);
        const schema = requestBody?.content?.["application/json"]?.schema;
        const body = schema ? JSON.stringify(example(schema, text)) : undefined;
        yield { name: `${method} /api/v1${pattern} ${kind}`, method, path, body };
        // A body that is this text, and no JSON.
        if (schema) yield { name: `${method} /api/v1${pattern} ${kind} as body`, method, path: address, body: text };
      }
    }
  }
}

/** Every MLflow call with each text in one argument, the others plausible. @param plausible values by the name of the argument */
export function* mlflowRequests(plausible: Record<string, readonly unknown[]>): Generator<HostileRequest> {
  for (const { method, path: pattern, names, version, isForBrowsers } of calls) {
    for (const hostile of names) {
      for (const [kind, text] of Object.entries(hostileTexts)) {
        const values = Object.fromEntries(names.map((name) => [name, plausible[name]?.[0]]));
        values[hostile] = Array.isArray(values[hostile]) ? [text] : text;
        const short = (name: string) =>
          encodeURIComponent(
            String(values[name] ?? "")
              .slice(0, 2_000)
              .toWellFormed(),
          ).slice(0, 6_000);
        const address = `${isForBrowsers ? "/ajax-api" : "/api"}/${version}/mlflow/${pattern.replaceAll(/:(\w+)|\*/g, (_, name = "*") => short(name))}`;
        const query = names.map((name) => `${name}=${short(name)}`).join("&");
        const isRead = method === "GET";
        const path = (isRead ? `${address}?${query}` : address).slice(0, maxAddressLength);
        yield {
          name: `${method} ${pattern} ${hostile}=${kind}`,
          method,
          path,
          body: isRead ? undefined : JSON.stringify(values),
        };
      }
    }
  }
}

/** Inference, tasks and metadata of the gateway with each text in names, parameters and data. @param model a served one */
export function* gatewayRequests(model: string): Generator<HostileRequest> {
  for (const [kind, text] of Object.entries(hostileTexts)) {
    const tensor = { name: text, shape: [1], datatype: "BYTES", data: [text], parameters: { a: text } };
    const bodies: Record<string, string> = {
      tensors: JSON.stringify({ id: text, inputs: [tensor], outputs: [{ name: text }], parameters: { b: text } }),
      types: JSON.stringify({ inputs: [{ ...tensor, datatype: text, shape: text }] }),
      text,
    };
    for (const [part, body] of Object.entries(bodies)) {
      for (const action of ["infer", "generate", "explain", "tasks"]) {
        const path = `/v2/models/${model}/${action}`;
        yield { name: `POST ${path} ${part} ${kind}`, method: "POST", path, body };
      }
    }
    const short = encodeURIComponent(text.slice(0, 3_000).toWellFormed()).slice(0, 8_000);
    for (const path of [`/v2/models/${short}`, `/v2/models/${model}/versions/${short}/infer`, `/${short}`]) {
      yield { name: `GET ${path.slice(0, 30)} ${kind}`, method: "GET", path, body: undefined };
    }
  }
}

/** Pages and addresses of sign-in, without a session. */
export function* pageRequests(): Generator<HostileRequest> {
  for (const [kind, text] of Object.entries(hostileTexts)) {
    const short = encodeURIComponent(text.slice(0, 3_000).toWellFormed()).slice(0, 8_000);
    yield {
      name: `GET /login ${kind}`,
      method: "GET",
      path: `/login?callbackUrl=${short}&error=${short.slice(0, 1000)}`,
      body: undefined,
    };
    yield { name: `GET page ${kind}`, method: "GET", path: `/${short}`, body: undefined };
    yield { name: `POST /login ${kind}`, method: "POST", path: "/login", body: text };
    yield { name: `POST /api/auth ${kind}`, method: "POST", path: "/api/auth/callback/credentials", body: text };
  }
}

/** Request heads that hold each text in the name or the value of a header, or in the address, as they go over the wire. */
export function* rawHeads(): Generator<{ name: string; head: string }> {
  for (const [kind, text] of Object.entries(hostileTexts)) {
    const short = text.slice(0, 7_500).replaceAll(/[\r\n]/g, " ");
    const start = "POST /v2/models/x/infer HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n";
    yield { name: `value ${kind}`, head: `${start}X:${short}\x01\r\n\r\n{}` };
    yield { name: `valid value ${kind}`, head: `${start}X: a${short}b\r\nConnection: close\r\n\r\n{}` };
    yield { name: `name ${kind}`, head: `${start}${short}: a\r\n\r\n{}` };
    yield { name: `length ${kind}`, head: `POST / HTTP/1.1\r\nHost: g\r\nContent-Length: ${short}\r\n\r\n` };
    yield { name: `address ${kind}`, head: `POST /v2/models/${short} HTTP/1.1\r\nHost: g\r\n\r\n` };
    yield { name: `host ${kind}`, head: `GET / HTTP/1.1\r\nHost: ${short}\r\nConnection: close\r\n\r\n` };
    yield { name: `token ${kind}`, head: `${start}Authorization: Bearer ${short}\r\nConnection: close\r\n\r\n{}` };
    yield {
      name: `cookie ${kind}`,
      head: `GET / HTTP/1.1\r\nHost: g\r\nCookie: ${short}\r\nConnection: close\r\n\r\n`,
    };
  }
}

/** Returns a value of a schema in which every free text is the given one. */
function example(schema: JsonSchema, text: string, depth = 0): unknown {
  if (depth > maxSchemaDepth) return null;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return example(choice, text, depth + 1);
  switch (schema.type) {
    case "string":
      return schema.format === "uuid" ? "00000000-0000-4000-8000-000000000000" : text;
    case "array":
      return schema.items ? [example(schema.items, text, depth + 1)] : [text];
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? { [text]: { type: "string" } as JsonSchema }).map(([name, part]) => [
          name,
          example(part, text, depth + 1),
        ]),
      );
    case "boolean":
      return true;
    case "number":
    case "integer":
      return Math.max(1, schema.minimum ?? 1);
    default:
      return text;
  }
}

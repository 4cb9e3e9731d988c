import { datatypes } from "#server/registry/onnx/contract.ts";
import manifest from "../../../package.json" with { type: "json" };
import { submissionHeaders, taskSchemas, webhookDescription } from "./openapi-tasks.ts";

/** One address of the inference API, as the document tells it. */
interface Operation {
  method: "get" | "post";
  /** Below /v2; "[/versions/{version}]" stands for the address with and without. */
  path: string;
  summary: string;
  /** Name of the schema of the body that it takes, and of the one that it answers; none is an empty body. */
  takes?: keyof typeof schemas;
  answers?: keyof typeof schemas;
  /** Of a success; 200 when left out. */
  status?: 201 | 202;
  /** Headers that it takes, with what they are for. */
  headers?: Record<string, string>;
  isOpen?: boolean;
}

const ofModel = "/models/{model}[/versions/{version}]";

const operations: Operation[] = [
  { method: "get", path: "/", summary: "Describe the server", answers: "ServerMetadata", isOpen: true },
  { method: "get", path: "/health/live", summary: "Tell whether the process is alive", answers: "Live", isOpen: true },
  { method: "get", path: "/health/ready", summary: "Tell whether it takes requests", answers: "Ready", isOpen: true },
  { method: "get", path: "/openapi.json", summary: "Show this document", answers: "Any", isOpen: true },
  { method: "get", path: "/models", summary: "List models: the workspace's endpoints", answers: "ModelList" },
  { method: "get", path: ofModel, summary: "Describe a model", answers: "ModelMetadata" },
  { method: "get", path: `${ofModel}/ready`, summary: "Tell whether a model answers", answers: "ModelReady" },
  { method: "post", path: `${ofModel}/infer`, summary: "Run a model", takes: "InferRequest", answers: "InferResponse" },
  { method: "get", path: `${ofModel}/config`, summary: "Show a model's configuration, as Triton does", answers: "Any" },
  {
    method: "get",
    path: `${ofModel}/stats`,
    summary: "Count a model's requests since it was loaded",
    answers: "Stats",
  },
  { method: "get", path: "/models/stats", summary: "Count the requests of all models", answers: "Stats" },
  {
    method: "post",
    path: "/repository/index",
    summary: "List what is loaded",
    takes: "IndexRequest",
    answers: "Index",
  },
  { method: "post", path: "/repository/models/{model}/load", summary: "Load a model that was unloaded" },
  { method: "post", path: "/repository/models/{model}/unload", summary: "Take a model out of memory" },
  {
    method: "post",
    path: `${ofModel}/tasks`,
    summary: "Submit a request that is answered later",
    takes: "InferRequest",
    answers: "Task",
    status: 202,
    headers: submissionHeaders,
  },
  {
    method: "post",
    path: "/task-inputs",
    summary: "Upload a large request for tasks to refer to",
    takes: "Bytes",
    answers: "TaskInput",
    status: 201,
  },
  { method: "get", path: "/tasks/{task}", summary: "Tell how a task stands", answers: "Task" },
  { method: "get", path: "/tasks/{task}/result", summary: "Fetch the answer of a task", answers: "InferResponse" },
  { method: "post", path: "/tasks/{task}/cancellation", summary: "Cancel a task", answers: "Task" },
];

const text = { type: "string" };
const whole = { type: "integer", minimum: 0 };
const yes = { type: "boolean" };
const list = (items: object) => ({ type: "array", items });
const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  ...{ type: "object", properties, required },
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const datatype = { type: "string", enum: datatypes };
const tensor = {
  ...{ name: text, datatype, shape: list(whole) },
  parameters: { type: "object", description: "binary_data_size: how many bytes behind the JSON are this tensor's." },
  data: { type: "array", description: "Flat or nested, row-major. Left out when the bytes follow the JSON." },
};
const spec = object({ name: text, datatype, shape: list({ type: "integer", description: "-1 is free." }) });
const count = object({ count: whole, ns: whole });

const schemas = {
  ...taskSchemas,
  Any: { type: "object" },
  Error: object({ error: text }),
  Live: object({ live: yes }),
  Ready: object({ ready: yes }),
  ServerMetadata: object({ name: text, version: text, extensions: list(text) }),
  ModelList: object({ models: list(text) }),
  ModelReady: object({ name: text, ready: yes }),
  ModelMetadata: object({ name: text, versions: list(text), platform: text, inputs: list(spec), outputs: list(spec) }),
  InferRequest: object(
    {
      id: { ...text, description: "Comes back in the answer; labels refer to it." },
      parameters: {
        type: "object",
        properties: { timeout: { ...whole, description: "Microseconds." }, priority: whole, binary_data_output: yes },
        additionalProperties: { type: ["string", "number", "boolean"] },
      },
      inputs: list(object(tensor, ["name", "datatype", "shape"])),
      outputs: list(
        object({ name: text, parameters: object({ binary_data: yes, classification: whole }, []) }, ["name"]),
      ),
    },
    ["inputs"],
  ),
  InferResponse: object(
    { id: text, model_name: text, model_version: text, parameters: { type: "object" }, outputs: list(object(tensor)) },
    ["model_name", "model_version", "outputs"],
  ),
  Stats: object({
    model_stats: list(
      object({
        ...{ name: text, version: text, last_inference: whole, inference_count: whole, execution_count: whole },
        inference_stats: { type: "object", additionalProperties: count },
        batch_stats: list({ type: "object" }),
      }),
    ),
  }),
  IndexRequest: object({ ready: { ...yes, description: "Only those that answer." } }, []),
  Index: list(
    object({ name: text, version: text, state: { enum: ["READY", "LOADING", "UNAVAILABLE"] }, reason: text }),
  ),
};

/**
 * The OpenAPI 3.1 document of the inference API. How binary tensors stand behind the JSON is told in words: OpenAPI cannot.
 * https://spec.openapis.org/oas/v3.1.1
 */
export function inferenceDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    for (const path of spelledOut(operation.path)) paths[path] = { [operation.method]: entryOf(operation, path) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Leeway inference", version: manifest.version, description },
    servers: [{ url: "/v2" }],
    security: [{ token: [] }],
    paths,
    webhooks: { taskEnded: { post: webhookEntry } },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } }, schemas },
  };
}

const webhookEntry = {
  operationId: "taskEnded",
  ...{ summary: "Told when a task has ended", description: webhookDescription },
  requestBody: { content: { "application/json": { schema: ref("TaskEvent") } } },
  responses: { "2XX": { description: "Received" } },
};

const description = `The Open Inference Protocol. A model is an endpoint of the token's workspace; a token needs the scope \`infer\`, to
load and unload \`serving\`. Bodies may be compressed with gzip or deflate, both ways. With the header \`Inference-Header-Content-Length\` a body
begins with that many bytes of JSON, and the bytes of binary tensors follow; with 0 it is nothing but the bytes of the only input.

The header \`leeway-event-at\`, or else the parameter \`event_at\`, says in RFC 3339 when what the request is about happened: by it late events are
seen. Where an SLO watches how fresh features are, the header \`leeway-features-at\`, or else the request's parameter \`features_at\`, says when those of
a request were made (RFC 3339, with its zone). Requests without it are answered all the same, and not counted there.

A request that nobody waits for is a task: it is stored when it was answered 202, runs behind all that clients wait for, and is tried
again when a gateway or the model fails. Tasks need Postgres; without it they are answered 503 with \`Retry-After\`, as they are when too
many wait. A token sees the tasks that it submitted, and all of them with the scope \`serving:read\`.`;

function spelledOut(path: string): string[] {
  const [before = "", after] = path.split("[/versions/{version}]");
  return after === undefined ? [path] : [before + after, `${before}/versions/{version}${after}`];
}

function entryOf(operation: Operation, path: string): object {
  const { method, summary, takes, answers, isOpen, status = 200, headers = {} } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const typeOf = (name: string) => (name === "Bytes" ? "application/octet-stream" : "application/json");
  const content = (name: string) => ({ content: { [typeOf(name)]: { schema: ref(name) } } });
  return {
    operationId: `${method}${path.replaceAll(/[^a-zA-Z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(isOpen && { security: [] }),
    parameters: [
      ...names.map((name) => ({ name, in: "path", required: true, schema: text })),
      ...Object.entries(headers).map(([name, description]) => ({ name, in: "header", description, schema: text })),
    ],
    ...(takes && { requestBody: content(takes) }),
    responses: {
      [status]: { description: "Success", ...(answers && content(answers)) },
      default: { description: "Refused or failed", ...content("Error") },
    },
  };
}

import { datatypes } from "#server/develop/registry/onnx/contract.ts";
import manifest from "../../../package.json" with { type: "json" };
import { submissionHeaders, taskSchemas, webhookDescription } from "./openapi-tasks.ts";

/** An operation of the inference API, as the document describes it. */
interface Operation {
  method: "get" | "post";
  /** Path below /v2; "[/versions/{version}]" represents the path with and without it. */
  path: string;
  summary: string;
  /** Name of the schema of the request body, and of the response body; none is an empty body. */
  takes?: keyof typeof schemas;
  responseSchema?: keyof typeof schemas;
  /** Status of a success; 200 by default. */
  status?: 201 | 202;
  /** Headers that it takes, with what they are for. */
  headers?: Record<string, string>;
  isOpen?: boolean;
}

const ofModel = "/models/{model}[/versions/{version}]";

const operations: Operation[] = [
  { method: "get", path: "/", summary: "Describe the server", responseSchema: "ServerMetadata", isOpen: true },
  { method: "get", path: "/health/live", summary: "Check liveness", responseSchema: "Live", isOpen: true },
  { method: "get", path: "/health/ready", summary: "Check readiness", responseSchema: "Ready", isOpen: true },
  { method: "get", path: "/openapi.json", summary: "Get this document", responseSchema: "Any", isOpen: true },
  { method: "get", path: "/models", summary: "List models: the workspace's endpoints", responseSchema: "ModelList" },
  { method: "get", path: ofModel, summary: "Describe a model", responseSchema: "ModelMetadata" },
  { method: "get", path: `${ofModel}/ready`, summary: "Check whether a model is ready", responseSchema: "ModelReady" },
  {
    method: "post",
    path: `${ofModel}/infer`,
    summary: "Run inference",
    takes: "InferRequest",
    responseSchema: "InferResponse",
  },
  {
    method: "get",
    path: `${ofModel}/config`,
    summary: "Get a model's configuration in Triton format",
    responseSchema: "Any",
  },
  {
    method: "get",
    path: `${ofModel}/stats`,
    summary: "Get a model's request statistics since it was loaded",
    responseSchema: "Stats",
  },
  {
    method: "get",
    path: "/models/stats",
    summary: "Get the request statistics of all models",
    responseSchema: "Stats",
  },
  {
    method: "post",
    path: "/repository/index",
    summary: "List loaded models",
    takes: "IndexRequest",
    responseSchema: "Index",
  },
  { method: "post", path: "/repository/models/{model}/load", summary: "Load an unloaded model" },
  { method: "post", path: "/repository/models/{model}/unload", summary: "Unload a model" },
  {
    method: "post",
    path: `${ofModel}/tasks`,
    summary: "Submit an asynchronous request",
    takes: "InferRequest",
    responseSchema: "Task",
    status: 202,
    headers: submissionHeaders,
  },
  {
    method: "post",
    path: "/task-inputs",
    summary: "Upload a large task input",
    takes: "Bytes",
    responseSchema: "TaskInput",
    status: 201,
  },
  { method: "get", path: "/tasks/{task}", summary: "Get the state of a task", responseSchema: "Task" },
  { method: "get", path: "/tasks/{task}/result", summary: "Get the result of a task", responseSchema: "InferResponse" },
  { method: "post", path: "/tasks/{task}/cancellation", summary: "Cancel a task", responseSchema: "Task" },
];

const text = { type: "string" };
const countSchema = { type: "integer", minimum: 0 };
const yes = { type: "boolean" };
const list = (items: object) => ({ type: "array", items });
const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const datatype = { type: "string", enum: datatypes };
const tensor = {
  name: text,
  datatype,
  shape: list(countSchema),
  parameters: { type: "object", description: "binary_data_size: how many bytes behind the JSON are this tensor's." },
  data: { type: "array", description: "Flat or nested, row-major. Omitted when binary data follows the JSON." },
};
const spec = object({ name: text, datatype, shape: list({ type: "integer", description: "-1 means variable." }) });
const count = object({ count: countSchema, ns: countSchema });

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
      id: { ...text, description: "Returned in the response; labels refer to it." },
      parameters: {
        type: "object",
        properties: {
          timeout: { ...countSchema, description: "Microseconds." },
          priority: countSchema,
          binary_data_output: yes,
        },
        additionalProperties: { type: ["string", "number", "boolean"] },
      },
      inputs: list(object(tensor, ["name", "datatype", "shape"])),
      outputs: list(
        object({ name: text, parameters: object({ binary_data: yes, classification: countSchema }, []) }, ["name"]),
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
        name: text,
        version: text,
        last_inference: countSchema,
        inference_count: countSchema,
        execution_count: countSchema,
        inference_stats: { type: "object", additionalProperties: count },
        batch_stats: list({ type: "object" }),
      }),
    ),
  }),
  IndexRequest: object({ ready: { ...yes, description: "Only models that are ready." } }, []),
  Index: list(
    object({ name: text, version: text, state: { enum: ["READY", "LOADING", "UNAVAILABLE"] }, reason: text }),
  ),
};

/**
 * Returns the OpenAPI 3.1 document of the inference API. Prose describes how binary tensors follow the JSON: OpenAPI cannot.
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
  summary: "Called when a task finishes",
  description: webhookDescription,
  requestBody: { content: { "application/json": { schema: ref("TaskEvent") } } },
  responses: { "2XX": { description: "Received" } },
};

const description = `The Open Inference Protocol. Models are the endpoints of the token's workspace. Tokens need the \`infer\` scope, and to
load and unload models the \`serving\` scope. Requests and responses can be compressed with gzip or deflate. With the header \`Inference-Header-Content-Length\` a body
starts with that many bytes of JSON, followed by the binary tensor data; with 0 it contains only the raw data of a single input.

The header \`leeway-event-at\`, or else the parameter \`event_at\`, is the RFC 3339 time of the event the request is about; it is used to detect late events.
The header \`leeway-features-at\`, or else the parameter \`features_at\`, is the RFC 3339 time at which the features were computed; it is used by freshness SLOs.
Both are optional: requests without them are served as usual and not counted there.

Asynchronous requests are tasks: they are stored before the 202 response, run with the lowest priority, and are retried
if a gateway or the model fails. Tasks require Postgres; without it, or when the queue is full, they are rejected with 503 and \`Retry-After\`.
A token can see the tasks it submitted, or all tasks with the \`serving:read\` scope.`;

function spelledOut(path: string): string[] {
  const [before = "", after] = path.split("[/versions/{version}]");
  return after === undefined ? [path] : [before + after, `${before}/versions/{version}${after}`];
}

function entryOf(operation: Operation, path: string): object {
  const { method, summary, takes, responseSchema, isOpen, status = 200, headers = {} } = operation;
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
      [status]: { description: "Success", ...(responseSchema && content(responseSchema)) },
      default: { description: "Rejected or failed", ...content("Error") },
    },
  };
}

import { z } from "zod";

/** One REST operation, as registered with route(). */
export interface Operation {
  method: string;
  path: string;
  summary: string;
  params?: z.ZodType | undefined;
  query?: z.ZodType | undefined;
  body?: z.ZodType | "stream" | undefined;
  response?: z.ZodType | undefined;
  status: number;
  isRepeatable?: boolean | undefined;
}

/**
 * Builds the OpenAPI 3.1 document of the REST API, whose schemas are JSON Schema 2020-12 as zod writes it.
 * https://spec.openapis.org/oas/v3.1.1
 */
export function openApiDocument(operations: readonly Operation[], serverUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: entryOf(operation, path) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Leeway", version: "1", description },
    servers: [{ url: `${serverUrl}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "An API token; create one under Settings, Tokens." },
      },
      schemas: { Error: errorSchema },
    },
  };
}

const description = `The REST API covers everything the console does. Send an API token (Settings, Tokens) as \`Authorization: Bearer lw_…\`.
Errors have the form \`{ "error": { "code", "message" } }\`; the message says what to do: 400 invalid, 401 unauthenticated, 403 forbidden,
404 not-found, 409 conflict, 413 too-large, 429 rate-limited and 503 unavailable (both with \`Retry-After\`). Lists return \`next\`, which is
sent as \`after\` to get the next page. The MLflow REST API is available under \`/api/2.0/mlflow\`.`;

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: {
        code: { type: "string" },
        message: { type: "string" },
        column: {
          type: "integer",
          description: "Position of the error in a filter or sort expression, starting at 1.",
        },
      },
    },
  },
};

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Repeating the same request with this key returns the original response; a different request is rejected.",
  schema: { type: "string", pattern: "^[!-~]{1,255}$" },
};

function entryOf(operation: Operation, path: string): object {
  const { summary, params, query, body, response, status, method, isRepeatable } = operation;
  const parameters = [
    ...parametersOf(params, "path"),
    ...parametersOf(query, "query"),
    ...(isRepeatable ? [idempotencyKey] : []),
  ];
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^a-zA-Z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    tags: [tagOf(path)],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: body === "stream" ? { "application/octet-stream": {} } : json(toJsonSchema(body, "input")),
      },
    }),
    responses: {
      [status]: { description: "Success", ...(response && { content: json(toJsonSchema(response, "output")) }) },
      default: { description: "Rejected or failed", content: json({ $ref: "#/components/schemas/Error" }) },
    },
  };
}

/** Returns the tag of an operation, by the first word of its path: "Webhook deliveries". */
function tagOf(path: string): string {
  const words = (path.split("/")[1]?.split(".")[0] ?? "").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function parametersOf(schema: z.ZodType | undefined, location: "path" | "query"): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toJsonSchema(schema, "input") as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: location,
    required: location === "path" || required.includes(name),
    ...(property.description && { description: property.description }),
    schema: property,
  }));
}

function json(schema: object): object {
  return { "application/json": { schema } };
}

function toJsonSchema(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    // JSON has no dates: they are sent as ISO 8601 text.
    unrepresentable: ({ zodSchema }) => (zodSchema instanceof z.ZodDate ? dateTime(zodSchema) : "any"),
  });
  return rest;
}

function dateTime({ minDate, maxDate }: z.ZodDate): z.core.JSONSchema.BaseSchema {
  const range = { formatMinimum: minDate?.toISOString(), formatMaximum: maxDate?.toISOString() };
  return { type: "string", format: "date-time", ...(minDate && maxDate && range) };
}

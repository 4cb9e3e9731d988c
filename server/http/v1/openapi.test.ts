import { expect, test } from "vitest";
import { z } from "zod";
import { openApiDocument } from "./openapi.ts";

test("describes an operation by its validation schemas", () => {
  const document = openApiDocument(
    [
      {
        method: "PUT",
        path: "/models/:model/aliases/:alias",
        summary: "Point an alias",
        params: z.object({ model: z.string(), alias: z.string() }),
        query: z.object({ dry: z.stringbool().optional().describe("Only check.") }),
        body: z.object({ version: z.int() }),
        response: z.object({ at: z.date() }),
        status: 200,
      },
    ],
    "http://leeway.test",
  );
  expect(document).toMatchObject({
    openapi: "3.1.0",
    servers: [{ url: "http://leeway.test/api/v1" }],
    paths: {
      "/models/{model}/aliases/{alias}": {
        put: {
          operationId: "putModelsModelAliasesAlias",
          parameters: [
            { name: "model", in: "path", required: true, schema: { type: "string" } },
            { name: "alias", in: "path", required: true },
            { name: "dry", in: "query", required: false, description: "Only check." },
          ],
          requestBody: {
            content: {
              "application/json": {
                schema: { type: "object", required: ["version"], properties: { version: { type: "integer" } } },
              },
            },
          },
          responses: {
            200: {
              content: {
                "application/json": { schema: { properties: { at: { type: "string", format: "date-time" } } } },
              },
            },
            default: { content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
          },
        },
      },
    },
  });
});

test("groups the methods of a path, and describes a file as a binary body", () => {
  const operation = { path: "/files/:id", summary: "x", status: 204 };
  const document = openApiDocument(
    [
      { ...operation, method: "PUT", body: "stream" },
      { ...operation, method: "DELETE" },
    ],
    "http://leeway.test",
  );
  expect(document).toMatchObject({
    paths: {
      "/files/{id}": {
        put: { requestBody: { content: { "application/octet-stream": {} } } },
        delete: { responses: { 204: { description: "Success" } } },
      },
    },
  });
});

import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { importLabels } from "#server/improve/labelling/exchange/import-labels.ts";
import { type ItemFormat, readItems } from "#server/improve/labelling/exchange/read-items.ts";
import { isOn, queryOf } from "./arguments.ts";
import { bytesOf } from "./body.ts";
import { projectOf } from "./project-routes.ts";
import { labelStudioRoute } from "./route.ts";

/** Formats by the type that a request declares, and by the ending of a file's name. */
const formats: Record<string, ItemFormat> = {
  "text/csv": "csv",
  "text/tab-separated-values": "tsv",
  "application/x-ndjson": "jsonl",
  "application/jsonl": "jsonl",
  "application/json-lines": "jsonl",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  csv: "csv",
  tsv: "tsv",
};

/** @param importBytes largest body of an import */
export function importRoutes(app: FastifyInstance, importBytes: number): void {
  labelStudioRoute(app, "/api/projects/:labelProject/import", {
    POST: {
      bodyLimit: importBytes,
      handler: async (ctx, request, reply) => {
        const startedAt = performance.now();
        const { id: projectId } = await projectOf(ctx, request);
        const items = await itemsOf(request);
        if (items.length === 0) throw new DomainError("invalid", "No tasks added: the list is empty.");
        const makesGold = isOn(queryOf(request).gold);
        const imported = await importLabels(ctx, { projectId, items, key: keyOf(request), makesGold });
        const { taskIds, added, annotations, replaced, predictions, golds } = imported;
        return reply.code(201).send({
          task_count: taskIds.length,
          annotation_count: annotations,
          prediction_count: predictions,
          duration: (performance.now() - startedAt) / 1000,
          added_task_count: added,
          replaced_annotation_count: replaced,
          gold_count: golds,
          file_upload_ids: [],
          could_be_tasks_list: false,
          found_formats: [],
          data_columns: [],
          ...(isOn(queryOf(request).return_task_ids) && { task_ids: taskIds }),
        });
      },
    },
  });
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new DomainError("invalid", "Idempotency-Key is 1 to 200 visible ASCII characters.");
}

async function itemsOf(request: FastifyRequest): Promise<unknown[]> {
  const bytes = bytesOf(request);
  const declared = request.headers["content-type"] ?? "";
  const type = declared.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "multipart/form-data") return itemsOfForm(bytes, declared);
  if (type === "application/x-www-form-urlencoded") {
    throw new DomainError("invalid", "Importing tasks from URLs is not supported. Send the tasks, or a file.");
  }
  return readItems(bytes, formats[type] ?? "json");
}

async function itemsOfForm(bytes: Buffer, declared: string): Promise<unknown[]> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": declared } })
    .formData()
    .catch((cause: unknown) => {
      throw new DomainError("invalid", "The form cannot be read.", { cause });
    });
  const files = [...form.values()].filter((value) => typeof value !== "string");
  if (files.length === 0) throw new DomainError("invalid", "The form has no file.");
  const items: unknown[] = [];
  for (const file of files) {
    const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
    const format = formats[ending];
    if (!format) {
      throw new DomainError(
        "invalid",
        `The file "${file.name.slice(0, 100)}" must end in .json, .jsonl, .csv or .tsv.`,
      );
    }
    items.push(...(await readItems(Buffer.from(await file.arrayBuffer()), format)));
  }
  return items;
}

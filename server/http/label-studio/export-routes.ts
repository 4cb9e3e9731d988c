import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import type { LabelConfig } from "#server/improve/labelling/contract.ts";
import { type ExportType, exportLabels, exportTypes } from "#server/improve/labelling/exchange/export-labels.ts";
import type { PictureFiles } from "#server/improve/labelling/exchange/picture-sizes.ts";
import { isOn, queryOf } from "./arguments.ts";
import { projectOf } from "./project-routes.ts";
import { labelStudioRoute } from "./route.ts";

const titles: Record<ExportType, { title: string; description: string }> = {
  JSON: { title: "JSON", description: "Tasks with annotations and predictions." },
  JSON_MIN: { title: "JSON-MIN", description: "An object for each annotation, with a field for each control." },
  CSV: { title: "CSV", description: "A line for each annotation, separated by commas." },
  TSV: { title: "TSV", description: "A line for each annotation, separated by tabs." },
  COCO: { title: "COCO", description: "Boxes in pixels." },
  YOLO: { title: "YOLO", description: "A text file for each picture." },
  CONLL2003: { title: "CONLL2003", description: "Tokens with B-, I- and O tags." },
  HF: { title: "Hugging Face", description: "A folder for datasets.load_dataset." },
};

/** @param files where stored pictures are */
export function exportRoutes(app: FastifyInstance, files: PictureFiles): void {
  labelStudioRoute(app, "/api/projects/:labelProject/export/formats", {
    GET: async (ctx, request) => {
      const { config } = await projectOf(ctx, request);
      return exportTypes.map((name) => ({ name, ...titles[name], disabled: !isPossible(name, config) }));
    },
  });
  labelStudioRoute(app, "/api/projects/:labelProject/export", {
    GET: async (ctx, request, reply) => {
      const { id, name } = await projectOf(ctx, request);
      const query = queryOf(request);
      const type = exportTypes.find((one) => one === (query.export_type || query.exportType || "JSON"));
      if (!type)
        throw new DomainError("invalid", `export_type must be one of ${exportTypes.join(", ")}.`, {
          field: "export_type",
        });
      const { mimeType, extension, content } = await exportLabels(ctx, files, {
        projectId: id,
        type,
        all: isOn(query.download_all_tasks),
        labels: query.labels === "consensus" ? "consensus" : "annotations",
        people: query.people === "email" ? "email" : "number",
      });
      const file = `${name.replaceAll(/[^\w.-]+/g, "-").slice(0, 60) || "labels"}-${id}.${extension}`;
      return reply
        .type(mimeType)
        .header("content-disposition", `attachment; filename="${file}"`)
        .send(Readable.from(content, { objectMode: false }));
    },
  });
}

function isPossible(type: ExportType, { controls }: LabelConfig): boolean {
  const needed = type === "CONLL2003" ? "spans" : type === "COCO" || type === "YOLO" ? "boxes" : undefined;
  return needed === undefined || controls.some(({ kind }) => kind === needed);
}

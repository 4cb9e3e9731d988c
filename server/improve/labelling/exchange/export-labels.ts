import { sql } from "drizzle-orm";
import { z } from "zod";
import { labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { newArchive } from "#server/base/zip/archive.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { exportedTasks } from "./exported-tasks.ts";
import { writeCoco } from "./formats/coco.ts";
import { requireSpans, writeConll } from "./formats/conll.ts";
import type { ExportedProject, TaskPages } from "./formats/exported-task.ts";
import { dataCard, writeDataLines } from "./formats/hugging-face.ts";
import { writeJson } from "./formats/json.ts";
import { writeJsonMin, writeTable } from "./formats/rows.ts";
import { type ExportedFile, writeYolo } from "./formats/yolo.ts";
import { loadPeople } from "./people.ts";
import type { PictureFiles } from "./picture-sizes.ts";

export const exportTypes = ["JSON", "JSON_MIN", "CSV", "TSV", "COCO", "YOLO", "CONLL2003", "HF"] as const;
export type ExportType = (typeof exportTypes)[number];

export const ExportLabels = z.object({
  projectId: z.number().int().min(1),
  type: z.enum(exportTypes).default("JSON"),
  /** Tasks without a label too. */
  all: z.boolean().default(false),
  labels: z.enum(["annotations", "consensus"]).default("annotations"),
  people: z.enum(["number", "email"]).default("number"),
});
export type ExportLabels = z.input<typeof ExportLabels>;

export interface LabelExport {
  mimeType: string;
  /** Ending of the file's name. */
  extension: string;
  content: AsyncIterable<string | Uint8Array>;
}

/**
 * Exports the labels of a project, streamed in the order of tasks: docs/spec/labelling.md section 11.6.
 * @param files where the pictures are whose size no annotation says
 * @throws DomainError "not-found", "invalid" for a type that the project cannot have
 */
export async function exportLabels(ctx: Context, files: PictureFiles, input: ExportLabels): Promise<LabelExport> {
  permit(ctx, "exportLabels");
  const { projectId, type, all, labels, people: form } = ExportLabels.parse(input);
  const { name, config } = await findLabelProject(ctx, projectId);
  if (type === "CONLL2003") requireSpans({ config });
  await transact(ctx, (ctx) =>
    record(ctx, "labels.downloaded", {
      subject: `label-project/${name}`,
      after: { type, all, labels, people: form },
    }),
  );
  const isConsensus = labels === "consensus";
  const fields = type === "CSV" || type === "TSV" || type === "HF" ? await fieldsOf(ctx, projectId) : [];
  const project: ExportedProject = { id: projectId, name, config, fields, isConsensus };
  const pages = exportedTasks(ctx, { projectId, all, isConsensus }, config, {
    people: await loadPeople(ctx),
    files,
  });
  switch (type) {
    case "JSON":
      return { mimeType: "application/json", extension: "json", content: writeJson(pages, project, form) };
    case "JSON_MIN":
      return { mimeType: "application/json", extension: "json", content: writeJsonMin(pages, project) };
    case "CSV":
      return { mimeType: "text/csv; charset=utf-8", extension: "csv", content: writeTable(pages, project, ",") };
    case "TSV":
      return {
        mimeType: "text/tab-separated-values; charset=utf-8",
        extension: "tsv",
        content: writeTable(pages, project, "\t"),
      };
    case "CONLL2003":
      return { mimeType: "text/plain; charset=utf-8", extension: "conll", content: writeConll(pages, project) };
    case "COCO":
    case "YOLO":
    case "HF":
      return { mimeType: "application/zip", extension: "zip", content: zipped(filesOf(type, pages, project)) };
  }
}

interface StreamedFile {
  path: string;
  content: AsyncIterable<string>;
}

async function* filesOf(
  type: "COCO" | "YOLO" | "HF",
  pages: TaskPages,
  project: ExportedProject,
): AsyncGenerator<ExportedFile | StreamedFile> {
  const now = new Date();
  if (type === "COCO") yield { path: "result.json", content: writeCoco(pages, project, now) };
  else if (type === "YOLO") yield* writeYolo(pages, project, now);
  else {
    yield { path: "README.md", content: dataCard(project) };
    yield { path: "data.jsonl", content: writeDataLines(pages, project) };
  }
}

/** Zips files as they are read at the other end. */
function zipped(files: AsyncIterable<ExportedFile | StreamedFile>): AsyncIterable<Uint8Array> {
  const archive = newArchive();
  const write = async () => {
    for await (const { path, content } of files) {
      const isText = typeof content === "string";
      await archive.add(path, isText ? once(content) : content, true, isText ? Buffer.byteLength(content) : undefined);
    }
    archive.end();
  };
  write().catch((error: Error) => archive.fail(error));
  return archive.output;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** Fields that tasks of a project have, sorted. */
async function fieldsOf(ctx: Context, projectId: number): Promise<string[]> {
  const rows = await ctx.db.execute(
    sql`select distinct jsonb_object_keys(${labelTasks.data}) as field from ${labelTasks}
      where ${labelTasks.workspaceId} = ${ctx.actor.workspaceId} and ${labelTasks.projectId} = ${projectId}`,
  );
  return rowsOf(z.object({ field: z.string() }), rows)
    .map(({ field }) => field)
    .toSorted();
}

import { boxedPicture, categoriesOf } from "./boxes.ts";
import type { ExportedProject, TaskPages } from "./exported-task.ts";

/** A file of an archive. */
export interface ExportedFile {
  path: string;
  content: string;
}

/** Yields the files of a YOLO archive: the classes by line, then a file for each picture with the centre and size of each box as shares. */
export async function* writeYolo(pages: TaskPages, project: ExportedProject, now: Date): AsyncGenerator<ExportedFile> {
  const categories = categoriesOf(project);
  const ids = new Map(categories.map((name, id) => [name, id]));
  yield { path: "classes.txt", content: categories.map((name) => `${name.replaceAll(/\s+/g, " ")}\n`).join("") };
  const info = { year: now.getUTCFullYear(), version: "1.0", contributor: "Leeway" };
  const notes = { categories: categories.map((name, id) => ({ id, name })), info };
  yield { path: "notes.json", content: JSON.stringify(notes, undefined, 2) };
  for await (const page of pages) {
    for (const task of page) {
      const picture = boxedPicture(task, project);
      if (!picture) continue;
      const lines = picture.boxes.map(({ label, left, top, width, height }) =>
        [ids.get(label), left + width / 2, top + height / 2, width, height].map((one) => shortened(one ?? 0)).join(" "),
      );
      const path = `labels/${picture.name.replace(/\.\w{1,5}$/, "")}.txt`;
      yield { path, content: lines.map((line) => `${line}\n`).join("") };
    }
  }
}

const shortened = (value: number) => String(Number(value.toFixed(9)));

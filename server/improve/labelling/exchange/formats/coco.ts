import { boxedPicture, categoriesOf } from "./boxes.ts";
import type { ExportedProject, TaskPages } from "./exported-task.ts";

/** Pictures that are written at once. */
const imagesAtOnce = 1_000;

/**
 * Writes the `result.json` of COCO: boxes in pixels, ids from 0 in the order of tasks. Boxes of a picture whose size is unknown cannot be, and are
 * counted in `info`.
 */
export async function* writeCoco(pages: TaskPages, project: ExportedProject, now: Date): AsyncGenerator<string> {
  const categories = categoriesOf(project);
  const ids = new Map(categories.map((name, id) => [name, id]));
  // Boxes are sent as they come; there are fewer pictures, so these wait.
  const images: string[] = [];
  let [written, unsized] = [0, 0];
  yield '{"annotations":[';
  for await (const page of pages) {
    const lines: string[] = [];
    for (const task of page) {
      const picture = boxedPicture(task, project);
      if (!picture) continue;
      const { width, height, name, address, boxes } = picture;
      const id = images.length;
      const url = /^https?:/.test(address) ? { coco_url: address } : {};
      images.push(JSON.stringify({ width, height, id, file_name: `images/${name}`, ...url }));
      if (width === null || height === null) {
        unsized += boxes.length;
        continue;
      }
      for (const box of boxes) {
        const bbox = [box.left * width, box.top * height, box.width * width, box.height * height].map(rounded);
        const area = rounded((bbox[2] ?? 0) * (bbox[3] ?? 0));
        const category_id = ids.get(box.label);
        const at = { id: written + lines.length, image_id: id, category_id };
        lines.push(JSON.stringify({ ...at, segmentation: [], bbox, ignore: 0, iscrowd: 0, area }));
      }
    }
    if (lines.length > 0) yield (written > 0 ? ",\n" : "\n") + lines.join(",\n");
    written += lines.length;
  }
  yield '],\n"images":[\n';
  for (let at = 0; at < images.length; at += imagesAtOnce) {
    yield (at > 0 ? ",\n" : "") + images.slice(at, at + imagesAtOnce).join(",\n");
  }
  const info = {
    year: now.getUTCFullYear(),
    version: "1.0",
    description: unsized > 0 ? `${unsized} boxes of images of unknown size are skipped.` : "",
    contributor: "Leeway",
    url: "",
    date_created: now.toISOString(),
  };
  const named = categories.map((name, id) => ({ id, name }));
  yield `],\n"categories":${JSON.stringify(named)},\n"info":${JSON.stringify(info)}}`;
}

/** Without the digits that only binary fractions have. */
const rounded = (value: number) => Number(value.toFixed(6));

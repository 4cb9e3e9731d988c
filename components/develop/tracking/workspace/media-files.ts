import { previewKind } from "../artifacts/artifact-preview.ts";

/** An image of a run at a step. */
export interface MediaFile {
  /** Path of the file in the run. */
  path: string;
  /** Name that images of all steps share: "val_examples". */
  name: string;
  step: number;
  /** Order among the images of one name and step. */
  order: string;
}

/** Images as MLflow's log_image names them: key, step and time, with "%" or "+" between; its smaller copies end in "compressed". */
const logged = /^images\/(.+?)([%+])step\2(\d+)\2timestamp\2(\d+)\2([^%+]+)(\2compressed)?\.\w+$/;

/** Other images in a folder whose name ends in a number, which is the step: "media/val_examples/epoch_12.png". */
const numbered = /^(.*?)(\d{1,9})\.\w+$/;

/** Reads name and step from the path of an image; undefined for other files, and for images of no step. */
export function readMediaFile(path: string): MediaFile | undefined {
  if (previewKind(path) !== "image") return undefined;
  const [, key, , step, time = "", id = "", copy] = logged.exec(path) ?? [];
  if (key !== undefined) {
    // The copies are thumbnails of the same image.
    if (copy) return undefined;
    // MLflow writes "#" for the slashes of a key.
    return { path, name: key.replaceAll("#", "/"), step: Number(step), order: `${time.padStart(16, "0")} ${id}` };
  }
  if (path.startsWith("images/") && /[%+]step[%+]/.test(path)) return undefined;
  const [, before = "", number] = numbered.exec(path) ?? [];
  if (number === undefined || !before.includes("/")) return undefined;
  const name = withoutEnding(before);
  return name === "" ? undefined : { path, name, step: Number(number), order: path };
}

/** What may stand between the name of an image and its step. */
const endings = ["/", "_", ".", "-", "epoch", "step"];

function withoutEnding(text: string): string {
  const lower = text.toLowerCase();
  let end = text.length;
  for (;;) {
    const ending = endings.find((each) => lower.endsWith(each, end));
    if (ending === undefined) return text.slice(0, end);
    end -= ending.length;
  }
}

/** Returns the names of images among the files of some runs, in alphabetical order. */
export function mediaNames(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => readMediaFile(path)?.name ?? []))].sort();
}

/** Returns the images of a name among the files of a run, by step and order. */
export function mediaOf(paths: readonly string[], name: string): MediaFile[] {
  return paths
    .flatMap((path) => readMediaFile(path) ?? [])
    .filter((file) => file.name === name)
    .sort((a, b) => a.step - b.step || (a.order < b.order ? -1 : 1));
}

/** Returns the images at a step: those of the last step not after it that has any. */
export function mediaAt(files: readonly MediaFile[], step: number): MediaFile[] {
  const last = files.findLast((file) => file.step <= step)?.step;
  return files.filter((file) => file.step === last);
}

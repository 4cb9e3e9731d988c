import { parseArgs } from "node:util";
import type { Row } from "./report.ts";
import { openTraining, type Training } from "./training/open-training.ts";

/** A file of `training/rows`. */
interface RowFile {
  /** Measures its rows. @param open starts Leeway, or returns the one that runs */
  measure(open: () => Promise<Training>): Promise<Row[]>;
}

/** Files of `training/rows`, by the row that each is named by; what is quick comes first. */
const files: Record<string, () => Promise<RowFile>> = {
  "admission-look-p95-ms": () => import("./training/rows/admission-look.ts"),
  "live-log-p95-s": () => import("./training/rows/live-log.ts"),
  "wrapper-overhead": () => import("./training/rows/wrapper-overhead.ts"),
  "checkpoint-upload": () => import("./training/rows/checkpoint-upload.ts"),
  "log-ingest-mb-per-s": () => import("./training/rows/log-ingest.ts"),
};
/** Rows that a file measures beside the one that it is named by. */
const besides: Record<string, string> = { "log-ingest-memory": "log-ingest-mb-per-s" };

/** Measures training jobs on a Leeway as its users start it: every row, or `--only ROW`. @throws Error for a row that there is not */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
  const names = Object.keys(files);
  const only = values.only === undefined ? undefined : (besides[values.only] ?? values.only);
  const wanted = only === undefined ? names : names.filter((name) => name === only);
  if (wanted.length === 0) {
    throw new Error(`There is no row "${values.only}". Rows: ${[...names, ...Object.keys(besides)].join(", ")}.`);
  }
  let started: Promise<Training> | undefined;
  const open = () => {
    started ??= openTraining();
    return started;
  };
  const rows: Row[] = [];
  try {
    for (const name of wanted) {
      const file = await files[name]?.();
      if (file) rows.push(...(await file.measure(open)));
    }
  } finally {
    await (await started?.catch(() => undefined))?.stop();
  }
  return rows;
}

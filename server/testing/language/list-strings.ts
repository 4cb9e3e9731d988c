// Lists what people read: `npm run --silent strings > strings.tsv`, or with the folder of another checkout.
// One line per text: area, file and line, text. A count per area follows on stderr.
import { fileURLToPath } from "node:url";
import { areaOf } from "./area-of.ts";
import { isOfTests } from "./find-violations.ts";
import { lineAt, scan } from "./scan.ts";
import { readSources } from "./sources.ts";

const root = process.argv[2] ?? fileURLToPath(new URL("../../../", import.meta.url));
const counts = new Map<string, number>();
const lines = readSources(root).flatMap(({ file, source }) => {
  if (isOfTests(file)) return [];
  const area = areaOf(file);
  return scan(file, source).texts.flatMap(({ value, at, isReadable }) => {
    if (!isReadable) return [];
    counts.set(area, (counts.get(area) ?? 0) + 1);
    return [`${area}\t${file}:${lineAt(source, at)}\t${value.trim()}\n`];
  });
});
process.stdout.write(["area\tplace\ttext\n", ...lines].join(""));
const table = [...counts]
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([area, count]) => `${String(count).padStart(6)} ${area}\n`);
process.stderr.write([...table, `${String(lines.length).padStart(6)} in all\n`].join(""));

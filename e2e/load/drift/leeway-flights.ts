/** Compares the flights of January and July with Leeway, in a separate process so that its memory can be measured; prints JSON. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { csvColumns } from "#server/develop/datasets/rows/csv-columns.ts";
import { compareTables } from "#server/watch/monitoring/compare/compare-tables.ts";
import { CompareSettings } from "#server/watch/monitoring/compare/contract.ts";
import { gatherTable } from "#server/watch/monitoring/compare/gather-table.ts";

const folder = process.argv[2] ?? "";
const idleMb = process.resourceUsage().maxRSS / 1024;
const read = async (name: string) =>
  gatherTable(await csvColumns(createReadStream(join(folder, `${name}.csv`))), { isTyped: false });
let [readS, compareS] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
let columns: unknown[] = [];
for (let round = 0; round < 3; round += 1) {
  const started = performance.now();
  const [january, july] = [await read("january"), await read("july")];
  const gathered = performance.now();
  const comparison = compareTables(january, july, CompareSettings.parse({}));
  readS = Math.min(readS, (gathered - started) / 1000);
  compareS = Math.min(compareS, (performance.now() - gathered) / 1000);
  columns = comparison.columns.map(({ name, score, word }) => ({ column: name, word, ...score }));
}
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ scores: columns, readS, compareS, peakMb, idleMb }));

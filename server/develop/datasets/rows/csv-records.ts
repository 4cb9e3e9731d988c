import { parse } from "csv-parse";

const maxRecordCharacters = 4 * 2 ** 20;

/** Fields of a line, or of several where a line break is in quotation marks. */
export interface CsvRecord {
  record: string[];
  /** Lines the parser has counted up to its end. */
  lines: number;
}

/**
 * Yields the records of a CSV file in the order of the file, the header first; an error follows after all records before it.
 * @throws CsvError, and any error of `text`
 */
export async function* csvRecords(
  text: AsyncIterable<string>,
  { delimiter, lineEnds }: { delimiter: string; lineEnds: string[] },
): AsyncGenerator<CsvRecord> {
  let parsedRecords: CsvRecord[] = [];
  const parser = parse({
    delimiter,
    recordDelimiter: lineEnds,
    skipEmptyLines: true,
    bom: true,
    maxRecordSize: maxRecordCharacters,
    // A failing stream drops its buffer; therefore records are collected here and none is passed on.
    onRecord: (record: string[], { lines }) => {
      parsedRecords.push({ record, lines });
      return null;
    },
  });
  // The call that encounters an error reports it.
  parser.on("error", () => undefined);
  const take = () => {
    const records = parsedRecords;
    parsedRecords = [];
    return records;
  };
  try {
    for await (const piece of text) {
      const error = await new Promise<Error | null | undefined>((resolve) => parser.write(piece, resolve));
      yield* take();
      if (error) throw error;
    }
    const error = await new Promise<Error | null | undefined>((resolve) => parser.end(resolve));
    yield* take();
    if (error) throw error;
  } finally {
    parser.destroy();
  }
}

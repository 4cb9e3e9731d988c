import { parse } from "csv-parse";

const maxRecordCharacters = 4 * 2 ** 20;

/** Fields of a line, or of several where a line break is in quotation marks. */
export interface CsvRecord {
  record: string[];
  /** Lines the parser has counted up to its end. */
  lines: number;
}

/**
 * Records of a CSV file in the order of the file, the header first; what is wrong comes after all records before it.
 * @throws CsvError, and what `text` throws
 */
export async function* csvRecords(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<CsvRecord> {
  let parsedRecords: CsvRecord[] = [];
  const parser = parse({
    delimiter,
    skipEmptyLines: true,
    bom: true,
    maxRecordSize: maxRecordCharacters,
    // A stream that fails drops what it holds, so records are not left in it. None is handed on.
    onRecord: (record: string[], { lines }) => {
      parsedRecords.push({ record, lines });
      return null;
    },
  });
  // What is wrong is told by the call that met it.
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

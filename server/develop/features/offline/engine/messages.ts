/** A cell as it crosses to the engine: times as microseconds since 1970 in a column of BIGINT, bytes as Uint8Array. */
export type EngineCell = null | boolean | number | bigint | string | Uint8Array | readonly EngineCell[];

export type EngineCells = ArrayLike<EngineCell>;

/** Cells of a column: of numbers, truths (0 or 1) and times as typed values, with a mark (1) for each that is null; others one by one. */
export type ColumnCells =
  | { values: Float64Array | Float32Array | Int32Array | BigInt64Array | Uint8Array; nulls: Uint8Array | null }
  | readonly EngineCell[];

/** A column of a CSV file that becomes one of a table, with its type in DuckDB's words. */
export interface EngineColumn {
  name: string;
  type: string;
}

export interface EngineSettings {
  /** Memory of DuckDB's buffers; what exceeds it is written to the scratch folder. */
  memoryBytes: number;
  threads: number;
  /** What may be written to the scratch folder meanwhile. */
  temporaryBytes: number;
}

/** Where a page of rows ends. It has at least one row. */
export interface PageLimits {
  rows: number;
  /** The row that reaches so many bytes is the last one. */
  bytes: number;
  /** A longer cell is cut off, and stays longer than this. */
  cellBytes: number;
}

/** What the engine can be asked for. Requests are answered in order. */
export type EngineTask =
  | { kind: "open"; settings: EngineSettings }
  | { kind: "run"; sql: string }
  | { kind: "rows"; sql: string; most: number }
  /** Begins a query whose rows are fetched in steps. */
  | { kind: "begin"; sql: string }
  /** Takes the next rows of that query, by column; none at its end. */
  | { kind: "fetch"; page: PageLimits }
  /** Takes exactly so many further rows of that query, by column: much faster. */
  | { kind: "columns"; rows: number }
  | { kind: "append"; table: string; columns: readonly EngineCells[] }
  | {
      kind: "load";
      table: string;
      path: string;
      format: "csv";
      columns: readonly EngineColumn[];
      most?: number | undefined;
    }
  | { kind: "load"; table: string; path: string; format: "arrow"; most?: number | undefined };

export type EngineRequest = { kind: "task"; id: number; task: EngineTask } | { kind: "interrupt" };

/** Why a task failed: its own fault, or that of a file that it reads; the limit of memory or disk; an interrupt. */
type FailureReason = "invalid" | "unreadable" | "out-of-room" | "interrupted";

export type EngineReply =
  | { kind: "done"; id: number; rows: EngineCell[][]; columns: ColumnCells[] }
  | { kind: "failed"; id: number; reason: FailureReason; message: string }
  | { kind: "progress"; share: number };

import { useCallback, useEffect, useRef, useState } from "react";
import { maxConcurrentItems } from "#server/serve/playground/constants.ts";
import type { BatchItem, RunBatchItems, Side } from "#server/serve/playground/contract.ts";
import { failureReason, type PlaygroundActions, unreachable } from "../run.ts";
import type { BatchSource, ItemSource } from "./batch-items.ts";

/** A batch that runs or has run. */
interface BatchState {
  runId?: string;
  source: string;
  total: number;
  items: BatchItem[];
  busy: boolean;
  isCancelled: boolean;
  failure?: string;
}

interface BatchRequest {
  model: string;
  sides: Side[];
  via: "pipeline" | "tensors" | undefined;
  source: BatchSource;
}

interface Batch {
  state: BatchState | undefined;
  start: (request: BatchRequest) => void;
  cancel: () => void;
}

/** Text of one call; the server takes 16 MB. */
const maxLength = 8_000_000;

/** Sends a batch in chunks, so that its progress is visible and it ends when no one is waiting for it. */
export function useBatch({
  startBatch,
  runItems,
  cancel,
}: Pick<PlaygroundActions, "startBatch" | "runItems" | "cancel">): Batch {
  const [state, setState] = useState<BatchState>();
  const turn = useRef(0);
  useEffect(() => {
    return () => {
      turn.current += 1;
    };
  }, []);

  const send = useCallback(
    async (mine: number, { source, ...request }: BatchRequest) => {
      const isMine = () => turn.current === mine;
      const change = (changed: Partial<BatchState>) => {
        if (isMine()) setState((now) => now && { ...now, ...changed });
      };
      try {
        const started = await startBatch({ ...request, source: source.name, total: source.items.length });
        if (!started.ok || !started.data) return change({ busy: false, failure: failureReason(started) });
        const runId = started.data.id;
        change({ runId });
        for await (const items of piecesOf(source.items)) {
          if (!isMine()) return;
          const ran = await runItems({ runId, items });
          if (!ran.ok || !ran.data) return change({ busy: false, failure: failureReason(ran) });
          const { data } = ran;
          if (isMine()) setState((now) => now && { ...now, items: [...now.items, ...data] });
        }
        change({ busy: false });
      } catch {
        change({ busy: false, failure: unreachable });
      }
    },
    [startBatch, runItems],
  );
  return {
    state,
    start: (request) => {
      turn.current += 1;
      const { source } = request;
      setState({ source: source.name, total: source.items.length, items: [], busy: true, isCancelled: false });
      void send(turn.current, request);
    },
    cancel: () => {
      turn.current += 1;
      setState((now) => now && { ...now, busy: false, isCancelled: true });
      if (state?.runId) void cancel(state.runId);
    },
  };
}

type Piece = RunBatchItems["items"];

/** Reads items one after the other and yields as many as fit one request; the first alone, so that a result appears soon. */
export async function* piecesOf(sources: readonly ItemSource[]): AsyncGenerator<Piece> {
  let piece: Piece = [];
  let characters = 0;
  let most = 1;
  for (const [index, { name, read }] of sources.entries()) {
    const found = await read();
    const item =
      "problem" in found
        ? { place: index, name, problem: found.problem }
        : { place: index, name, inputs: found.inputs };
    const size = JSON.stringify(item).length;
    if (piece.length > 0 && (piece.length >= most || characters + size > maxLength)) {
      yield piece;
      piece = [];
      characters = 0;
      most = Math.min(maxConcurrentItems, most * 2);
    }
    piece.push(item);
    characters += size;
  }
  if (piece.length > 0) yield piece;
}

import { useCallback, useEffect, useRef, useState } from "react";
import type { ExplainVersion, PlaygroundRun } from "#server/serve/playground/contract.ts";
import { failureReason, type PlaygroundActions, unreachable } from "../run.ts";

/** State of one side's explanation. */
export interface ExplanationState {
  /** Undefined until it has started. */
  run?: PlaygroundRun;
  failure?: string;
}

interface Explanations {
  /** States by side. */
  states: Record<number, ExplanationState>;
  busy: boolean;
  explain: (requests: ExplainVersion[]) => void;
  cancel: () => void;
  /** Discards the explanations, because the predictions have changed. */
  clear: () => void;
}

const evaluationIntervalMs = 400;

/** Explains predictions, reports the progress, and can be cancelled. */
export function useExplanations({
  explain,
  poll,
  cancel,
}: Pick<PlaygroundActions, "explain" | "poll" | "cancel">): Explanations {
  const [states, setStates] = useState<Record<number, ExplanationState>>({});
  /** A newer question makes those before it idle. */
  const turn = useRef(0);
  const running = Object.values(states).filter(({ run, failure }) => !failure && (!run || run.state === "running"));

  const follow = useCallback(
    async (mine: number, side: number, request: ExplainVersion) => {
      const emit = (state: ExplanationState) => {
        if (turn.current === mine) setStates((all) => ({ ...all, [side]: state }));
      };
      try {
        const started = await explain(request);
        if (!started.ok || !started.data) return emit({ failure: failureReason(started) });
        for (;;) {
          const seen = await poll(started.data.id);
          if (!seen.ok || !seen.data) return emit({ failure: failureReason(seen) });
          emit({ run: seen.data });
          if (seen.data.state !== "running" || turn.current !== mine) return;
          await new Promise((done) => setTimeout(done, evaluationIntervalMs));
        }
      } catch {
        emit({ failure: unreachable });
      }
    },
    [explain, poll],
  );
  const clear = useCallback(() => {
    turn.current += 1;
    setStates({});
  }, []);
  useEffect(() => {
    return () => {
      turn.current += 1;
    };
  }, []);
  return {
    states,
    busy: running.length > 0,
    clear,
    explain: (requests) => {
      clear();
      setStates(Object.fromEntries(requests.map((_, side) => [side, {}])));
      for (const [side, request] of requests.entries()) void follow(turn.current, side, request);
    },
    cancel: () => {
      for (const { run } of running) if (run) void cancel(run.id);
    },
  };
}

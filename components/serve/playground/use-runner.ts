import { useCallback, useEffect, useRef, useState } from "react";
import { failureReason, type Ran, type RunAction, type RunRequest, unreachable } from "./run.ts";

interface Runner {
  /** Result of the last completed request. */
  ran: Ran | undefined;
  busy: boolean;
  /** Reason why there was no response at all. */
  failure: string | undefined;
  /** Runs now, or, while something runs, after it: only the newest request waits. */
  run: (request: RunRequest) => void;
  /** Runs once no other request was made for 150 ms. In the history, it replaces the previous run started in this way. */
  runSoon: (request: RunRequest) => void;
}

const restMs = 150;

/** Runs requests one after the other, leaving out those that a newer one has overtaken. */
export function useRunner(action: RunAction): Runner {
  const [ran, setRan] = useState<Ran>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const waiting = useRef<{ request: RunRequest; isStroke: boolean }>(undefined);
  const running = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stroke = useRef<string>(undefined);

  const work = useCallback(async () => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    while (waiting.current) {
      const { request, isStroke } = waiting.current;
      waiting.current = undefined;
      try {
        const result = await action(isStroke ? { ...request, replaces: stroke.current } : request);
        setFailure(result.ok ? undefined : failureReason(result));
        if (result.ok) setRan(result.data);
        stroke.current = isStroke ? result.data?.runId : undefined;
      } catch {
        setFailure(unreachable);
      }
    }
    running.current = false;
    setBusy(false);
  }, [action]);

  const run = useCallback(
    (request: RunRequest) => {
      clearTimeout(timer.current);
      waiting.current = { request, isStroke: false };
      void work();
    },
    [work],
  );
  const runSoon = useCallback(
    (request: RunRequest) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        waiting.current = { request, isStroke: true };
        void work();
      }, restMs);
    },
    [work],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  return { ran, busy, failure, run, runSoon };
}

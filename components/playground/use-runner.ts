import { useCallback, useEffect, useRef, useState } from "react";
import type { RanVersion, RunAction, RunRequest } from "./run.ts";

interface Runner {
  /** By version, of the last request that was answered. */
  ran: RanVersion[];
  busy: boolean;
  /** Why nothing came back at all. */
  failure: string | undefined;
  /** Runs now, or, while something runs, after it: only the newest request waits. */
  run: (request: RunRequest) => void;
  /** Runs when nothing else was asked for 150 ms. */
  runSoon: (request: RunRequest) => void;
}

const restMs = 150;

/** Runs requests one after the other, leaving out those that a newer one has overtaken. */
export function useRunner(action: RunAction): Runner {
  const [ran, setRan] = useState<RanVersion[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const waiting = useRef<RunRequest>(undefined);
  const running = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const work = useCallback(async () => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    while (waiting.current) {
      const request = waiting.current;
      waiting.current = undefined;
      try {
        const answer = await action(request);
        setFailure(
          answer.ok ? undefined : (answer.error ?? Object.values(answer.fieldErrors ?? {})[0] ?? "It failed."),
        );
        if (answer.ok) setRan(answer.data ?? []);
      } catch {
        setFailure("Leeway could not be reached. Check the connection and run again.");
      }
    }
    running.current = false;
    setBusy(false);
  }, [action]);

  const run = useCallback(
    (request: RunRequest) => {
      clearTimeout(timer.current);
      waiting.current = request;
      void work();
    },
    [work],
  );
  const runSoon = useCallback(
    (request: RunRequest) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => run(request), restMs);
    },
    [run],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  return { ran, busy, failure, run, runSoon };
}

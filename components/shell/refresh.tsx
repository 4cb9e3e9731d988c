"use client";

import { useRouter } from "next/navigation";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useTransition,
} from "react";

type Refresh = () => Promise<void>;

const RefreshContext = createContext<Refresh>(async () => {});

/** Provides its children with one shared page refresh, {@link useRefresh}. */
export function RefreshProvider({ children }: { children: ReactNode }) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const [round, setRound] = useState(0);
  const running = useRef<(() => void)[]>(undefined);
  const waiting = useRef<(() => void)[]>([]);

  const from = useCallback(() => {
    running.current = waiting.current;
    waiting.current = [];
    start(() => {
      setRound((before) => before + 1);
      router.refresh();
    });
  }, [router]);

  // A refresh is complete once React shows its result.
  useEffect(() => {
    if (isPending || !running.current || round === 0) return;
    for (const done of running.current) done();
    running.current = undefined;
    if (waiting.current.length > 0) from();
  }, [isPending, round, from]);

  const refresh = useCallback<Refresh>(
    () =>
      new Promise((done) => {
        waiting.current.push(done);
        if (!running.current) from();
      }),
    [from],
  );
  return <RefreshContext value={refresh}>{children}</RefreshContext>;
}

/**
 * Returns a function that refreshes the page's server components, and resolves when they are shown. Calls during a refresh share the next
 * one: Next treats a refresh that overtakes another as a broken page and reloads the document, which loses everything a user had open.
 */
export function useRefresh(): Refresh {
  return useContext(RefreshContext);
}

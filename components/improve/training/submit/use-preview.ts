"use client";

import { useEffect, useRef, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";

/** Time without a change after which the server is asked. */
const pauseMs = 350;

/**
 * Asks what a job or a sweep would take, again after each change; the last answer stays until the next one, or a refusal, is there.
 * @param input undefined while it is not complete: then nothing is asked
 */
export function usePreview<Input, Preview>(
  input: Input | undefined,
  preview: (input: Input) => Promise<ActionState<Preview>>,
): { preview: Preview | undefined; refusal: string | undefined } {
  const [known, setKnown] = useState<Preview>();
  const [refusal, setRefusal] = useState<string>();
  const asked = useRef(0);
  const text = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is the input
  useEffect(() => {
    asked.current += 1;
    const own = asked.current;
    if (text === undefined) return;
    const timer = setTimeout(async () => {
      const result = await preview(JSON.parse(text) as Input).catch(() => undefined);
      if (own !== asked.current || !result) return;
      if (result.ok) setKnown(result.data);
      setRefusal(result.ok ? undefined : (result.error ?? Object.values(result.fieldErrors ?? {})[0]));
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return { preview: known, refusal };
}

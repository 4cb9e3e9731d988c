"use client";

import { useEffect, useEffectEvent } from "react";
import { type KeyContext, type LabelCommand, readKey } from "./label-keys.ts";

const fields = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]";

/**
 * Acts on the keys of labelling. They come before those of the console, some of which are the same; dialogs keep theirs.
 * @param context undefined while there is nothing to label
 * @param act returns false if the key does nothing now, so that it keeps its usual meaning
 */
export function useLabelKeys(
  context: KeyContext | undefined,
  act: (command: LabelCommand, isRepeat: boolean) => boolean | undefined,
): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!context || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("[role=dialog][aria-modal=true]")) return;
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    const field = target?.closest(fields);
    // A button or link that has the focus keeps Enter and Space.
    if (!field && (event.key === "Enter" || event.key === " ") && target?.closest("button, a, summary")) return;
    if (field && event.key === "Escape") (field as HTMLElement).blur();
    const command = readKey(
      {
        key: event.key,
        shiftKey: event.shiftKey,
        altKey: event.altKey,
        modKey: event.metaKey || event.ctrlKey,
        isInField: field !== null && field !== undefined,
        isMultiline: field instanceof HTMLTextAreaElement,
        isFinding: field?.matches("[data-lw-find]") === true,
      },
      context,
    );
    if (!command || act(command, event.repeat) === false) return;
    event.preventDefault();
    event.stopPropagation();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);
}

// Boxes and radios take no letters.
const fields = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]";

/** Returns whether a single-letter shortcut may act: no modifier, no focused field, no open overlay. */
export function keysAreFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return false;
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  if (target?.closest(fields)) return false;
  return document.querySelector("[role=dialog][aria-modal=true]") === null;
}

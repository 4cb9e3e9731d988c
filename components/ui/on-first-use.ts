const loads = new Set<() => Promise<unknown>>();
let isUsed = false;

/**
 * Loads code once somebody starts to use the page, by the pointer or a key: a page that is only read does without it, and what is opened next is there
 * even if the server has become unreachable in between.
 */
export function onFirstUse(load: () => Promise<unknown>): void {
  if (isUsed) start(load);
  else loads.add(load);
}

// Whoever opens what could not be loaded gets the error then.
function start(load: () => Promise<unknown>): void {
  void load().catch(() => {});
}

function use(): void {
  if (isUsed) return;
  isUsed = true;
  for (const load of loads) start(load);
}

if (typeof window !== "undefined") {
  for (const type of ["pointerdown", "keydown"])
    window.addEventListener(type, use, { once: true, capture: true, passive: true });
}

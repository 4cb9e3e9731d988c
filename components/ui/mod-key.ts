import { useHydrated } from "./now.tsx";

/** Returns the modifier key for K and Enter: "⌘" on Apple's machines, "Ctrl" elsewhere. */
export function useModKey(): "⌘" | "Ctrl" {
  return useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
}

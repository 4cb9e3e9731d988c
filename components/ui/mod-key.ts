import { useHydrated } from "./now.tsx";

/** The key that goes with K and Enter: "⌘" on Apple's machines, "Ctrl" elsewhere. */
export function useModKey(): "⌘" | "Ctrl" {
  return useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
}

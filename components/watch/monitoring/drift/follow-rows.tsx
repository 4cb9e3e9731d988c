"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useRef } from "react";

/** Held keys walk on; what is shown beside follows when they rest. */
const restMs = 150;

/** Opens a table row beside the table as soon as keys move to it, without Enter. */
export function FollowRows({ children }: { children: ReactNode }) {
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const byKey = useRef(false);
  return (
    <div
      onKeyDownCapture={() => {
        byKey.current = true;
      }}
      onPointerDownCapture={() => {
        byKey.current = false;
      }}
      onFocusCapture={(event) => {
        const { href } = event.target.dataset;
        if (!href || event.target.dataset.lwRow === undefined) return;
        clearTimeout(timer.current);
        // A click follows the row's link anyway.
        if (byKey.current || !event.target.matches(":hover")) {
          timer.current = setTimeout(() => router.replace(href, { scroll: false }), restMs);
        }
      }}
    >
      {children}
    </div>
  );
}

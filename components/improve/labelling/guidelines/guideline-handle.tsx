"use client";

import { IconChevronUp } from "@tabler/icons-react";
import { useRef } from "react";
import classes from "./guidelines.module.css";

/** Distance in pixels from which a move up is a swipe. */
const minSwipe = 30;

/** Renders the lower edge of the page on phones and tablets: a swipe up or a tap opens the guidelines. */
export function GuidelineHandle({ version, onOpen }: { version: number; onOpen: () => void }) {
  const startedAt = useRef<number>(undefined);
  return (
    <button
      className={classes.handle}
      type="button"
      onClick={onOpen}
      onPointerDown={(event) => {
        startedAt.current = event.clientY;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (startedAt.current === undefined || startedAt.current - event.clientY < minSwipe) return;
        startedAt.current = undefined;
        onOpen();
      }}
      onPointerUp={() => {
        startedAt.current = undefined;
      }}
    >
      <IconChevronUp size={16} stroke={1.7} aria-hidden="true" /> Guidelines, version {version}
    </button>
  );
}

"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import { codePointAt } from "./code-points.ts";
import type { SpanDraft, SpanText as SpanSource, SpanStep } from "./span-editor.ts";
import { trimmed } from "./span-editor.ts";
import { splitRuns } from "./span-runs.ts";
import classes from "./spans.module.css";

interface SpanTextProps {
  source: SpanSource;
  draft: SpanDraft;
  step: (step: SpanStep) => void;
  titleOf: (label: string) => string;
  /** CSS colour of a class. */
  colorOf: (label: string) => string;
}

/** Renders a text with its spans. A selection with the pointer is marked; a click on a span selects it. */
export function SpanText({ source, draft, step, titleOf, colorOf }: SpanTextProps) {
  const root = useRef<HTMLParagraphElement>(null);
  const marked = trimmed(source, draft);
  const runs = splitRuns(source.text, source.length, draft.spans, marked);
  const isCaret = draft.anchor === draft.focus && draft.selected === null;

  const selected = useRef<{ anchor: number; focus: number }>(undefined);
  const mark = useEffectEvent(() => {
    const places = selected.current;
    if (!places) return;
    selected.current = undefined;
    window.getSelection()?.removeAllRanges();
    step({ kind: "mark", ...places });
  });
  const note = useEffectEvent(() => {
    selected.current = root.current ? placesIn(root.current, source.length) : undefined;
  });
  useEffect(() => {
    const change = () => note();
    // A pointer marks when it is lifted, wherever that is. A finger selects with handles, which stay until it touches something else.
    const lift = (event: PointerEvent) => event.pointerType !== "touch" && setTimeout(() => mark());
    const touch = ({ target }: PointerEvent) => {
      if (!(target instanceof Node && root.current?.contains(target))) mark();
    };
    const press = () => mark();
    document.addEventListener("selectionchange", change);
    document.addEventListener("pointerup", lift);
    document.addEventListener("pointerdown", touch, { capture: true });
    document.addEventListener("keydown", press, { capture: true });
    return () => {
      document.removeEventListener("selectionchange", change);
      document.removeEventListener("pointerup", lift);
      document.removeEventListener("pointerdown", touch, { capture: true });
      document.removeEventListener("keydown", press, { capture: true });
    };
  }, []);

  return (
    <p className={classes.text} ref={root}>
      {runs.map((run) => {
        const over = run.spans.flatMap((index) => draft.spans[index] ?? []);
        const isSelected = draft.selected !== null && run.spans.includes(draft.selected);
        const last = over.at(-1);
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: Tab walks through spans
          // biome-ignore lint/a11y/useKeyWithClickEvents: Tab walks through spans
          <span
            className={classes.run}
            data-start={run.start}
            data-span={over.length > 0 || undefined}
            data-selected={isSelected || undefined}
            data-marked={run.isMarked || undefined}
            style={last && ({ "--span-color": colorOf(last.label) } as React.CSSProperties)}
            onClick={() => {
              const index = run.spans.at(-1);
              if (index !== undefined && window.getSelection()?.isCollapsed) step({ kind: "select", index });
            }}
            key={run.start}
          >
            {isCaret && draft.focus >= run.start && draft.focus < run.end && draft.focus > 0 ? (
              <WithCaret text={run.text} at={draft.focus - run.start} />
            ) : (
              run.text
            )}
            {run.ending.map((index) => (
              <sup className={classes.label} data-label key={index}>
                {titleOf(draft.spans[index]?.label ?? "")}
              </sup>
            ))}
          </span>
        );
      })}
    </p>
  );
}

/** Text with the place from which keys continue. @param at in code points */
function WithCaret({ text, at }: { text: string; at: number }) {
  const characters = [...text];
  return (
    <>
      {characters.slice(0, at).join("")}
      <span className={classes.caret} />
      {characters.slice(at).join("")}
    </>
  );
}

/** Returns what is selected of a text, in code points; undefined for nothing. What lies outside of it is cut off. @param length of the text */
function placesIn(root: HTMLElement, length: number): { anchor: number; focus: number } | undefined {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !selection.getRangeAt(0).intersectsNode(root)) return undefined;
  const clipped = (node: Node | null, offset: number) => {
    if (node === root)
      return offset === 0 ? 0 : offset >= root.childNodes.length ? length : placeOf(root.childNodes[offset] ?? null, 0);
    if (!node || root.contains(node)) return placeOf(node, offset);
    const isAfter = root.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
    return isAfter ? length : 0;
  };
  const anchor = clipped(selection.anchorNode, selection.anchorOffset);
  const focus = clipped(selection.focusNode, selection.focusOffset);
  return anchor === undefined || focus === undefined || anchor === focus ? undefined : { anchor, focus };
}

/** Returns a place of a selection in code points of the text. */
function placeOf(node: Node | null, offset: number): number | undefined {
  const element = node instanceof HTMLElement ? node : node?.parentElement;
  const run = element?.closest<HTMLElement>("[data-start]");
  if (!run || !node) return undefined;
  const start = Number(run.dataset.start);
  // The labels behind a span are no part of the text.
  if (element?.closest("[data-label]")) return start + lengthOf(run);
  if (node instanceof HTMLElement) return offset === 0 ? start : start + lengthOf(run);
  let before = 0;
  for (const child of run.childNodes) {
    if (child === node) break;
    if (child.nodeType === Node.TEXT_NODE) before += codePointAt(child.textContent ?? "", Number.POSITIVE_INFINITY);
  }
  return start + before + codePointAt(node.textContent ?? "", offset);
}

function lengthOf(run: HTMLElement): number {
  const texts = [...run.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
  return texts.reduce((sum, child) => sum + [...(child.textContent ?? "")].length, 0);
}

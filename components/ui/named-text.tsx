import { createElement, Fragment } from "react";

/** A sentence in which names stand between backticks, as the server writes them; they are set as code. */
export function NamedText({ children }: { children: string }) {
  const parts = children.split("`").map((part, at) => (at % 2 === 1 ? createElement("code", null, part) : part));
  return createElement(Fragment, null, ...parts);
}
